package org.robustnessgap.messages;

/** How the length of a perturbation of an image is measured. */
@StableApi
public enum Norm {
  /** ‖r‖₂, the norm of the theory. */
  L2("l2"),
  /** ‖r‖∞, the largest change of a pixel: at most ‖r‖₂, and on images far below it. */
  LINF("linf");

  private final String label;

  Norm(String label) {
    this.label = label;
  }

  /** The name in JSON and on the command line. */
  @JsonForm
  public String label() {
    return label;
  }

  /**
   * @throws InvalidInputException if no norm has this label
   */
  @JsonForm
  public static Norm ofLabel(String label) {
    for (Norm norm : values()) {
      if (norm.label.equals(label)) {
        return norm;
      }
    }
    throw new InvalidInputException("There is no norm '" + label + "'; choose l2 or linf.");
  }

  @Override
  public String toString() {
    return label;
  }
}
