package org.robustnessgap.messages;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Where a perturbation is searched and measured (Fawzi, Fawzi, Fawzi 2018, section 2). */
public enum Space {
  /** r_Z: the ℓ2 norm of a perturbation of the latent vector. */
  LATENT("latent"),
  /** r_in: the ℓ2 distance between two generated images. */
  IN_DISTRIBUTION("in-distribution"),
  /** r_unc: the ℓ2 norm of any perturbation of the image, without a pixel box. */
  UNCONSTRAINED("unconstrained");

  private final String label;

  Space(String label) {
    this.label = label;
  }

  /** The name in JSON, metrics and on the command line. */
  @JsonForm
  public String label() {
    return label;
  }

  /**
   * @throws InvalidInputException if no space has this label
   */
  @JsonForm
  public static Space ofLabel(String label) {
    for (Space space : values()) {
      if (space.label.equals(label)) {
        return space;
      }
    }
    String known = Arrays.stream(values()).map(Space::label).collect(Collectors.joining(", "));
    throw new InvalidInputException(
        "There is no space '" + label + "'; choose among " + known + ".");
  }

  @Override
  public String toString() {
    return label;
  }
}
