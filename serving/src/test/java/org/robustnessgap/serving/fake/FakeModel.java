package org.robustnessgap.serving.fake;

import java.util.List;

/** What a fake server holds, and what is wrong with it; both may change at any time. */
public final class FakeModel {
  /** Scores of an image. */
  public interface Classifier {
    double[] scores(float[] image);
  }

  /** What it answers. */
  public enum Form {
    SCORES,
    PROBABILITIES,
    NUMBERS,
    TEXTS,
    TOP_THREE
  }

  /** What goes wrong. */
  public enum Fault {
    NONE,
    SLOW,
    TOO_MANY_REQUESTS,
    NOT_READY,
    UNLOADED,
    DENIED,
    BOOM,
    GARBAGE,
    WRONG_SHAPE,
    NAN,
    RANDOM
  }

  final List<Long> imageShape;
  volatile Classifier classifier;
  volatile Form form = Form.SCORES;
  volatile Fault fault = Fault.NONE;
  volatile String datatype = "FP32";
  volatile String version = "";

  /** What it says of a fault; empty for what its server says. */
  volatile String said = "";

  volatile boolean statesBatch = true;
  volatile int maxBatch = Integer.MAX_VALUE;
  volatile int faults = Integer.MAX_VALUE;

  /**
   * @param imageShape of one image
   */
  public FakeModel(List<Long> imageShape, Classifier classifier) {
    this.imageShape = List.copyOf(imageShape);
    this.classifier = classifier;
  }

  /** Of the probability ∝ exp(sum of an image's pixels of a third, scaled): three classes. */
  public static FakeModel thirds(List<Long> imageShape) {
    return new FakeModel(imageShape, image -> thirds(image, 1));
  }

  /** Score k is the mean of the k-th third of the pixels, times a scale. */
  public static double[] thirds(float[] image, double scale) {
    double[] scores = new double[3];
    for (int i = 0; i < image.length; i++) {
      scores[3 * i / image.length] += scale * image[i] * 3 / image.length;
    }
    return scores;
  }

  public FakeModel classifying(Classifier other) {
    classifier = other;
    return this;
  }

  public FakeModel answering(Form other) {
    form = other;
    return this;
  }

  public FakeModel taking(String other) {
    datatype = other;
    return this;
  }

  /** Empty to tell none. */
  public FakeModel version(String other) {
    version = other;
    return this;
  }

  /** Its author left the batch out of what is stated of its input. */
  public FakeModel withoutBatch() {
    statesBatch = false;
    return this;
  }

  /** What its gRPC server says of any fault. */
  public FakeModel saying(String other) {
    said = other;
    return this;
  }

  public FakeModel atMost(int images) {
    maxBatch = images;
    return this;
  }

  public FakeModel failing(Fault other) {
    return failing(other, Integer.MAX_VALUE);
  }

  /** A fault that passes. */
  public FakeModel failing(Fault other, int times) {
    faults = times;
    fault = other;
    return this;
  }

  /** The fault of this request. */
  synchronized Fault next() {
    if (faults <= 0) {
      return Fault.NONE;
    }
    if (fault != Fault.NONE) {
      faults--;
    }
    return fault;
  }
}
