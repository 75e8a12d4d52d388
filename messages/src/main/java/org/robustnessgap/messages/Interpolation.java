package org.robustnessgap.messages;

/** How the pixels of an image of another size are computed. */
@StableApi
public enum Interpolation {
  /** The pixel that lies there. */
  NEAREST("nearest"),
  /** Triangular weights. */
  BILINEAR("bilinear"),
  /** Cubic convolution: with a = −½ where antialiased and −¾ where not, as in PyTorch. */
  BICUBIC("bicubic"),
  /**
   * Cubic convolution with a = −½, pixels at the edge weighing more where some are missing: what
   * TensorFlow and Keras call bicubic. The same as {@link #BICUBIC} where antialiased.
   */
  CATMULL_ROM("catmull-rom");

  private final String label;

  Interpolation(String label) {
    this.label = label;
  }

  /** The name in JSON and on the command line. */
  @JsonForm
  public String label() {
    return label;
  }

  /**
   * @throws InvalidInputException if there is none of this name, whatever its case
   */
  @JsonForm
  public static Interpolation ofLabel(String label) {
    return Checks.choice(values(), label, "interpolation");
  }

  @Override
  public String toString() {
    return label;
  }
}
