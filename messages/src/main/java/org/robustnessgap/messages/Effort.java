package org.robustnessgap.messages;

import java.util.Arrays;
import java.util.stream.Collectors;

/** How much an attack may spend on a sample; more finds shorter perturbations. */
@StableApi
public enum Effort {
  /** For a first look, or for models that are expensive to run. */
  FAST("fast"),
  /** The default. */
  STANDARD("standard"),
  /** Searches again from other places, until little more can be gained. */
  THOROUGH("thorough");

  private final String label;

  Effort(String label) {
    this.label = label;
  }

  /** The name in JSON and on the command line. */
  @JsonForm
  public String label() {
    return label;
  }

  /**
   * @throws InvalidInputException if no effort has this label
   */
  @JsonForm
  public static Effort ofLabel(String label) {
    for (Effort effort : values()) {
      if (effort.label.equals(label)) {
        return effort;
      }
    }
    String known = Arrays.stream(values()).map(Effort::label).collect(Collectors.joining(", "));
    throw new InvalidInputException(
        "There is no effort '" + label + "'; choose among " + known + ".");
  }

  @Override
  public String toString() {
    return label;
  }
}
