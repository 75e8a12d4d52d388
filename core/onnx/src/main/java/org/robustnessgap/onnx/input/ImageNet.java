package org.robustnessgap.onnx.input;

import java.util.List;
import java.util.stream.IntStream;

/** Mean and standard deviation of the training images of ImageNet, as torchvision states them. */
final class ImageNet {
  /** Of red, green and blue in [0, 1]. */
  static final List<Double> MEAN = List.of(0.485, 0.456, 0.406);

  /** Of red, green and blue in [0, 1]. */
  static final List<Double> STD = List.of(0.229, 0.224, 0.225);

  private static final double TOLERANCE = 1e-3;

  private ImageNet() {}

  /**
   * Whether these are its statistics, red or blue first.
   *
   * @param width distance of white from black
   */
  static boolean isOf(List<Double> mean, List<Double> std, double width) {
    return mean.size() == 3
        && std.size() == 3
        && List.of(0, 2).stream()
            .anyMatch(
                first ->
                    IntStream.range(0, 3)
                        .allMatch(
                            i ->
                                isNear(mean.get(i) / width, MEAN.get(Math.abs(first - i)))
                                    && isNear(std.get(i) / width, STD.get(Math.abs(first - i)))));
  }

  private static boolean isNear(double one, double other) {
    return Math.abs(one - other) <= TOLERANCE;
  }
}
