package org.robustnessgap.messages;

/** What numbers pixels are held in. */
@StableApi
public enum PixelType {
  /** Real numbers. */
  FLOAT("float"),
  /** One of 256 equally spaced levels, as in image files. */
  UINT8("uint8");

  private final String label;

  PixelType(String label) {
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
  public static PixelType ofLabel(String label) {
    return Checks.choice(values(), label, "pixel type");
  }

  @Override
  public String toString() {
    return label;
  }
}
