package org.robustnessgap.messages;

/** In which order the axes of a batch of images come. */
@StableApi
public enum Layout {
  /** Image, channel, row, column: PyTorch. */
  NCHW("NCHW"),
  /** Image, row, column, channel: TensorFlow, and most image files. */
  NHWC("NHWC"),
  /** Image, row, column: grey images without an axis for their one channel. */
  NHW("NHW"),
  /** Image, value: vectors. */
  FLAT("flat");

  private final String label;

  Layout(String label) {
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
  public static Layout ofLabel(String label) {
    return Checks.choice(values(), label, "layout");
  }

  @Override
  public String toString() {
    return label;
  }
}
