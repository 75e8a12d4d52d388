package org.robustnessgap.worker.onnx;

import java.util.Arrays;
import java.util.List;
import org.robustnessgap.messages.InvalidInputException;

/** Rules of pooling operators. */
final class PoolingRules {
  private PoolingRules() {}

  /**
   * Each output's gradient goes to the first of its window's largest elements, which the runtime
   * names by flat index.
   */
  static void maxPool(AdjointContext node) {
    String indices = node.additionalOutput(1);
    // A window that sees no element has no largest one, but the runtime names one.
    counts(node, windows(node));
    if (node.attributes().integer("storage_order", 0) != 0) {
      throw node.refused("it stores indices column by column");
    }
    node.contribute(0, MovementRules.scattered(node, indices));
  }

  /** Every window spreads its gradient evenly over the elements it counts. */
  static void averagePool(AdjointContext node) {
    ConvolutionRules.Geometry geometry = windows(node);
    String share =
        node.div(
            node.cotangent(),
            node.builder().floats(counts(node, geometry), node.spatial(node.output())));
    node.contribute(0, spread(node, geometry, share));
  }

  /** y = (Σ|x|ᵖ)^(1/p): v · sign(x) |x|ᵖ⁻¹ y¹⁻ᵖ, summed over the windows; 0 where y is. */
  static void lpPool(AdjointContext node) {
    long p = node.attributes().integer("p", 2);
    String norm = node.output();
    String divisor = node.add(norm, node.indicator("Equal", norm, node.number(0)));
    String power = node.emit("Pow", List.of(divisor, node.number(p - 1)));
    String sums = spread(node, windows(node), node.div(node.cotangent(), power));
    String x = node.input(0);
    String magnitude = node.emit("Pow", List.of(node.unary("Abs", x), node.number(p - 1)));
    node.contribute(0, node.mul(sums, node.mul(node.unary("Sign", x), magnitude)));
  }

  private static ConvolutionRules.Geometry windows(AdjointContext node) {
    int spatial = node.spatial(node.input(0)).length;
    return ConvolutionRules.Geometry.of(
        node, node.attributes().integers("kernel_shape", spatial, 1));
  }

  /** To each element of the input, the sum over the windows that see it. */
  private static String spread(
      AdjointContext node, ConvolutionRules.Geometry windows, String values) {
    long channels = node.shape(node.input(0))[1];
    long[] kernel = windows.kernel();
    long[] shape = new long[kernel.length + 2];
    shape[0] = channels;
    shape[1] = 1;
    System.arraycopy(kernel, 0, shape, 2, kernel.length);
    float[] ones = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    Arrays.fill(ones, 1);
    ConvolutionRules.Geometry ofEachChannel =
        new ConvolutionRules.Geometry(
            kernel, windows.strides(), windows.dilations(), windows.pads(), channels);
    return ConvolutionRules.transposedConvolution(
        node, ofEachChannel, values, node.builder().floats(ones, shape));
  }

  /**
   * How many elements each window counts: a constant of the output's spatial shape, row-major.
   *
   * @throws InvalidInputException if one counts none
   */
  private static float[] counts(AdjointContext node, ConvolutionRules.Geometry windows) {
    boolean includesPads = node.attributes().integer("count_include_pad", 0) != 0;
    long[] input = node.spatial(node.input(0));
    long[] output = node.spatial(node.output());
    float[] counts = {1};
    for (int axis = 0; axis < output.length; axis++) {
      float[] along = new float[(int) output[axis]];
      long low = includesPads ? -windows.pads()[axis] : 0;
      long high = input[axis] + (includesPads ? windows.pads()[axis + input.length] : 0);
      for (int window = 0; window < along.length; window++) {
        long first = window * windows.strides()[axis] - windows.pads()[axis];
        for (int tap = 0; tap < windows.kernel()[axis]; tap++) {
          long at = first + tap * windows.dilations()[axis];
          along[window] += low <= at && at < high ? 1 : 0;
        }
        if (along[window] == 0) {
          throw node.refused("some of its windows see no element of the image");
        }
      }
      counts = outer(counts, along);
    }
    return counts;
  }

  /** Row-major products of all pairs. */
  private static float[] outer(float[] a, float[] b) {
    float[] products = new float[a.length * b.length];
    for (int i = 0; i < products.length; i++) {
      products[i] = a[i / b.length] * b[i % b.length];
    }
    return products;
  }

  static void globalAveragePool(AdjointContext node) {
    long[] input = node.shape(node.input(0));
    long area = Arrays.stream(input).skip(2).reduce(1, (a, b) -> a * b);
    String share = node.emit("Mul", List.of(node.cotangent(), node.builder().scalar(1f / area)));
    node.contribute(
        0, node.emit("Expand", List.of(share, node.emit("Shape", List.of(node.input(0))))));
  }
}
