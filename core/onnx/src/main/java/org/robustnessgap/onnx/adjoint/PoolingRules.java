package org.robustnessgap.onnx.adjoint;

import java.util.Arrays;
import java.util.List;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.onnx.graph.Attributes;

/** Rules of pooling operators. */
final class PoolingRules {
  private PoolingRules() {}

  /**
   * Each output's gradient goes to the first of its window's largest elements. The runtime names it
   * by flat index; that costs it ten times the pooling itself, so where no windows overlap, a
   * comparison finds it.
   */
  static void maxPool(AdjointContext node) {
    ConvolutionRules.Geometry windows = windows(node);
    // A window that sees no element has no largest one, but the runtime names one.
    counts(node, windows);
    if (areTiles(node, windows)) {
      node.contribute(0, toFirstOfLargest(node, windows.kernel()));
      return;
    }
    String indices = node.additionalOutput(1);
    if (node.attributes().integer("storage_order", 0) != 0) {
      throw node.refused("it stores indices column by column");
    }
    node.contribute(0, MovementRules.scattered(node, indices));
  }

  /** Whether every element is in exactly one window. */
  private static boolean areTiles(AdjointContext node, ConvolutionRules.Geometry windows) {
    long[] covered = node.spatial(node.output());
    Arrays.setAll(covered, axis -> covered[axis] * windows.kernel()[axis]);
    return Arrays.equals(windows.kernel(), windows.strides())
        && Arrays.stream(windows.dilations()).allMatch(dilation -> dilation == 1)
        && Arrays.stream(windows.pads()).allMatch(pad -> pad == 0)
        && Arrays.equals(covered, node.spatial(node.input(0)));
  }

  private static String toFirstOfLargest(AdjointContext node, long[] kernel) {
    String isLargest =
        node.indicator("Equal", node.input(0), stretched(node, node.output(), kernel));
    String weights = node.mul(isLargest, earlierPlacesWeighMore(node, kernel));
    String heaviest =
        node.emit(
            "MaxPool",
            List.of(weights),
            Attributes.of("kernel_shape", kernel),
            Attributes.of("strides", kernel));
    String isFirst = node.indicator("Equal", weights, stretched(node, heaviest, kernel));
    return node.mul(stretched(node, node.cotangent(), kernel), isFirst);
  }

  /** For each place of an image, how many places of its window follow it, itself included. */
  private static String earlierPlacesWeighMore(AdjointContext node, long[] kernel) {
    long[] image = node.spatial(node.input(0));
    float[] weights = new float[(int) product(image)];
    for (int place = 0; place < weights.length; place++) {
      long inWindow = 0;
      long rest = place;
      long size = 1;
      for (int axis = image.length - 1; axis >= 0; axis--) {
        inWindow += rest % image[axis] % kernel[axis] * size;
        rest /= image[axis];
        size *= kernel[axis];
      }
      weights[place] = size - inWindow;
    }
    return node.builder().floats(weights, image);
  }

  /** Every value of the output at each place of its window. */
  private static String stretched(AdjointContext node, String values, long[] kernel) {
    long[] output = node.spatial(node.output());
    // Channels and first axis as one: ONNX Runtime would stretch in the blocked layout of its
    // convolutions, and reordering many values costs more than reordering few.
    long[] merged = new long[output.length + 2];
    System.arraycopy(output, 1, merged, 3, output.length - 1);
    merged[1] = 1;
    merged[2] = -1;
    float[] scales = new float[merged.length];
    long[] image = new long[merged.length];
    for (int axis = 0; axis < merged.length; axis++) {
      scales[axis] = axis < 2 ? 1 : kernel[axis - 2];
      image[axis] = axis < 2 ? 0 : output[axis - 2] * kernel[axis - 2];
    }
    image[1] = node.shape(node.output())[1];
    String resized =
        node.emit(
            "Resize",
            List.of(
                node.emit("Reshape", List.of(values, node.builder().longs(merged))),
                "",
                node.builder().floats(scales, scales.length)),
            Attributes.of("mode", "nearest"),
            Attributes.of("coordinate_transformation_mode", "asymmetric"),
            Attributes.of("nearest_mode", "floor"));
    return node.emit("Reshape", List.of(resized, node.builder().longs(image)));
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
    float[] ones = new float[(int) product(shape)];
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
    float[] shares = new float[(int) product(node.spatial(node.input(0)))];
    Arrays.fill(shares, 1f / shares.length);
    // The product repeats the gradient at every place, in a shape that the runtime can infer.
    node.contribute(
        0, node.mul(node.cotangent(), node.builder().floats(shares, node.spatial(node.input(0)))));
  }

  private static long product(long[] shape) {
    return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
  }
}
