package org.robustnessgap.worker.onnx;

import java.util.Arrays;
import java.util.List;

/** Rules of pooling operators. */
final class PoolingRules {
  private PoolingRules() {}

  /**
   * Each output's gradient goes to the first of its window's largest elements, which the runtime
   * names by flat index.
   */
  static void maxPool(AdjointContext node) {
    String indices = node.additionalOutput(1);
    if (node.attributes().integer("storage_order", 0) != 0) {
      throw node.refused("it stores indices column by column");
    }
    String flat = node.builder().longs(-1);
    String size = node.emit("Shape", List.of(node.emit("Reshape", List.of(node.input(0), flat))));
    String sum =
        node.emit(
            "ScatterElements",
            List.of(
                node.emit("ConstantOfShape", List.of(size)),
                node.emit("Reshape", List.of(indices, flat)),
                node.emit("Reshape", List.of(node.cotangent(), flat))),
            Attributes.of("axis", 0L),
            Attributes.of("reduction", "add"));
    node.contribute(0, node.reshapedLike(sum, node.input(0)));
  }

  /** A convolution of each channel with a constant kernel, and so is its adjoint. */
  static void averagePool(AdjointContext node) {
    long[] input = node.shape(node.input(0));
    int spatial = input.length - 2;
    long[] kernel = node.attributes().integers("kernel_shape", spatial, 1);
    long[] pads = node.attributes().integers("pads", 2 * spatial, 0);
    boolean padded = Arrays.stream(pads).anyMatch(pad -> pad != 0);
    if (padded && node.attributes().integer("count_include_pad", 0) == 0) {
      throw node.refused("its windows leave the padding out of the average");
    }
    if (node.attributes().integer("ceil_mode", 0) != 0
        || !node.attributes().text("auto_pad", "NOTSET").equals("NOTSET")) {
      throw node.refused("it rounds its output size up or pads by itself");
    }
    int area = (int) Arrays.stream(kernel).reduce(1, (a, b) -> a * b);
    long channels = input[1];
    float[] weights = new float[(int) channels * area];
    Arrays.fill(weights, 1f / area);
    long[] shape = new long[input.length];
    shape[0] = channels;
    shape[1] = 1;
    System.arraycopy(kernel, 0, shape, 2, spatial);
    ConvolutionRules.Geometry geometry =
        new ConvolutionRules.Geometry(
            kernel,
            node.attributes().integers("strides", spatial, 1),
            node.attributes().integers("dilations", spatial, 1),
            pads,
            channels);
    node.contribute(
        0,
        ConvolutionRules.transposedConvolution(
            node, geometry, node.builder().floats(weights, shape)));
  }

  static void globalAveragePool(AdjointContext node) {
    long[] input = node.shape(node.input(0));
    long area = Arrays.stream(input).skip(2).reduce(1, (a, b) -> a * b);
    String share = node.emit("Mul", List.of(node.cotangent(), node.builder().scalar(1f / area)));
    node.contribute(
        0, node.emit("Expand", List.of(share, node.emit("Shape", List.of(node.input(0))))));
  }
}
