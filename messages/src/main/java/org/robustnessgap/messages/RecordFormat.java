package org.robustnessgap.messages;

/** In which form the records of a topic hold the images that classifiers are asked about. */
public enum RecordFormat {
  /** A {@link TrafficSample} a record. */
  TRAFFIC_SAMPLES("traffic-samples"),
  /**
   * A {@code ModelInferRequest} of the Open Inference Protocol in protobuf, as Seldon Core 2 writes
   * its topics of inputs.
   */
  OPEN_INFERENCE("open-inference"),
  /** A CloudEvent with a JSON request of that protocol, as KServe's inference logger sends them. */
  CLOUD_EVENTS("cloud-events"),
  /** An encoded picture a record: PNG, JPEG, WebP, TIFF, BMP or GIF. */
  IMAGE("image");

  private final String label;

  RecordFormat(String label) {
    this.label = label;
  }

  /** The name in JSON. */
  @JsonForm
  public String label() {
    return label;
  }

  /**
   * @throws InvalidInputException if there is none of this name, whatever its case
   */
  @JsonForm
  public static RecordFormat ofLabel(String label) {
    return Checks.choice(values(), label, "format of records");
  }

  @Override
  public String toString() {
    return label;
  }
}
