package org.robustnessgap.messages;

/** Where the middle of an image begins if it lies between two pixels. */
@StableApi
public enum CropRounding {
  /** At the one of even number: torchvision and timm. */
  EVEN("even"),
  /** At the one nearer to the edge: Keras, and most programs of one's own. */
  DOWN("down");

  private final String label;

  CropRounding(String label) {
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
  public static CropRounding ofLabel(String label) {
    return Checks.choice(values(), label, "way to round a crop");
  }

  @Override
  public String toString() {
    return label;
  }
}
