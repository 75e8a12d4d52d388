package org.robustnessgap.messages;

/** What the channels of an image are, in their order. */
@StableApi
public enum Colour {
  /** Red, green, blue. */
  RGB("RGB"),
  /** Blue, green, red: OpenCV and Caffe. */
  BGR("BGR"),
  /** One channel. */
  GREY("grey");

  private final String label;

  Colour(String label) {
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
  public static Colour ofLabel(String label) {
    return Checks.choice(values(), label, "colour order");
  }

  @Override
  public String toString() {
    return label;
  }
}
