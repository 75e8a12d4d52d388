package org.robustnessgap.messages;

import java.util.Arrays;
import java.util.stream.Collectors;

/** What an attack may learn of a classifier, from the most to the least. */
@StableApi
public enum Access {
  /** Its scores and their gradients: an ONNX file. */
  GRADIENTS("gradients"),
  /** A score of every class, on an open scale. */
  SCORES("scores"),
  /** A probability of every class. */
  PROBABILITIES("probabilities"),
  /** Scores or probabilities of a few leading classes. */
  TOP_K("top-k"),
  /** Nothing but the label. */
  LABELS("labels");

  private final String label;

  Access(String label) {
    this.label = label;
  }

  /** The name in JSON and on the command line. */
  @JsonForm
  public String label() {
    return label;
  }

  /**
   * @throws InvalidInputException if no access has this label
   */
  @JsonForm
  public static Access ofLabel(String label) {
    for (Access access : values()) {
      if (access.label.equals(label)) {
        return access;
      }
    }
    String known = Arrays.stream(values()).map(Access::label).collect(Collectors.joining(", "));
    throw new InvalidInputException(
        "There is no access '" + label + "'; choose among " + known + ".");
  }

  /** Whether answers hold a number of every class, by which steps towards another can be told. */
  public boolean tellsScores() {
    return compareTo(PROBABILITIES) <= 0;
  }

  /** The lesser of the two. */
  public Access atMost(Access other) {
    return compareTo(other) >= 0 ? this : other;
  }

  @Override
  public String toString() {
    return label;
  }
}
