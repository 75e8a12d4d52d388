package org.robustnessgap.engine;

import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.onnx.graph.OnnxModel;

/** The input on which engines run a model to learn of its values. */
public final class ProbeInput {
  /** More numbers in one row are a mistake: four rows of them fill a gigabyte. */
  public static final long LARGEST_ROW = 1L << 26;

  /**
   * More numbers in all weights that nodes make are a mistake: no ONNX file holds two gigabytes.
   */
  static final long LARGEST_WEIGHTS = 1L << 29;

  private ProbeInput() {}

  /**
   * Its shape.
   *
   * @throws InvalidInputException if the model leaves more open than the batch, or not that, or
   *     takes too many numbers
   */
  public static long[] shape(OnnxModel model, int batch) {
    OnnxModel.Value input = model.input();
    if (input.shape() == null || input.shape().isEmpty()) {
      throw new InvalidInputException(
          String.format(
              "Input %s of %s states no shape; export it with one, the batch first.",
              input.name(), model.name()));
    }
    long[] shape = input.shape().stream().mapToLong(Long::longValue).toArray();
    if (shape[0] >= 0) {
      throw new InvalidInputException(
          String.format(
              "Input %s of %s has a fixed batch of %d; export it with a dynamic first axis.",
              input.name(), model.name(), shape[0]));
    }
    shape[0] = batch;
    long row = 1;
    for (int axis = 1; axis < shape.length; axis++) {
      if (shape[axis] < 0) {
        throw new InvalidInputException(
            String.format(
                "Input %s of %s leaves more than its batch open; say the size of its images with --image-size HxW, or export it with a fixed one.",
                input.name(), model.name()));
      }
      if (shape[axis] > LARGEST_ROW / row) {
        throw new InvalidInputException(
            String.format(
                "Input %s of %s takes more than %d numbers; export it with a smaller image size.",
                input.name(), model.name(), LARGEST_ROW));
      }
      row *= shape[axis];
    }
    return shape;
  }
}
