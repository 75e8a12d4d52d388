package org.robustnessgap.worker.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.Arrays;
import java.util.List;

/** Rules of convolutions: each is the other's adjoint. */
final class ConvolutionRules {
  private ConvolutionRules() {}

  /** Geometry of a (transposed) convolution, one entry for each spatial axis. */
  record Geometry(long[] kernel, long[] strides, long[] dilations, long[] pads, long group) {
    static Geometry of(AdjointContext node, TensorProto weights) {
      long[] shape = Tensors.shape(weights);
      long[] kernel = Arrays.copyOfRange(shape, 2, shape.length);
      String padding = node.attributes().text("auto_pad", "NOTSET");
      if (!padding.equals("NOTSET") && !padding.equals("VALID")) {
        throw node.refused("its padding is " + padding + "; export it with explicit pads");
      }
      return new Geometry(
          kernel,
          node.attributes().integers("strides", kernel.length, 1),
          node.attributes().integers("dilations", kernel.length, 1),
          node.attributes().integers("pads", 2 * kernel.length, 0),
          node.attributes().integer("group", 1));
    }

    /** From the first to the last tap of the kernel along an axis. */
    long extent(int axis) {
      return dilations[axis] * (kernel[axis] - 1) + 1;
    }

    boolean unitStride() {
      return Arrays.stream(strides).allMatch(stride -> stride == 1);
    }
  }

  static void conv(AdjointContext node) {
    TensorProto weights = node.constant(1, "weight");
    Geometry geometry = Geometry.of(node, weights);
    node.contribute(
        0,
        geometry.unitStride() && padsOfFlipped(geometry) != null
            ? convolutionWithFlipped(node, weights, geometry)
            : transposedConvolution(node, geometry, node.input(1)));
  }

  /**
   * The adjoint of a convolution with stride 1 is a convolution too, for which runtimes have their
   * best kernels.
   */
  private static String convolutionWithFlipped(
      AdjointContext node, TensorProto weights, Geometry geometry) {
    String flipped =
        node.builder().floats(flip(weights, geometry.group), flippedShape(weights, geometry.group));
    return node.emit(
        "Conv",
        List.of(node.cotangent(), flipped),
        Attributes.of("kernel_shape", geometry.kernel),
        Attributes.of("dilations", geometry.dilations),
        Attributes.of("pads", padsOfFlipped(geometry)),
        Attributes.of("group", geometry.group));
  }

  /** extent − 1 − pad on each side, or null where the convolution was padded beyond its kernel. */
  private static long[] padsOfFlipped(Geometry geometry) {
    int spatial = geometry.kernel.length;
    long[] pads = new long[2 * spatial];
    for (int i = 0; i < pads.length; i++) {
      pads[i] = geometry.extent(i % spatial) - 1 - geometry.pads[i];
      if (pads[i] < 0) {
        return null;
      }
    }
    return pads;
  }

  private static long[] flippedShape(TensorProto weights, long group) {
    long[] shape = Tensors.shape(weights);
    long perGroup = shape[0] / group;
    shape[0] = shape[1] * group;
    shape[1] = perGroup;
    return shape;
  }

  /** [g·m, c, k…] becomes [g·c, m, k…] with every kernel reversed. */
  private static float[] flip(TensorProto weights, long group) {
    long[] shape = Tensors.shape(weights);
    float[] values = Tensors.values(weights);
    int m = (int) (shape[0] / group);
    int c = (int) shape[1];
    int taps = values.length / (int) (shape[0] * shape[1]);
    float[] flipped = new float[values.length];
    for (int g = 0; g < group; g++) {
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < c; j++) {
          int from = ((g * m + i) * c + j) * taps;
          int to = ((g * c + j) * m + i) * taps;
          for (int tap = 0; tap < taps; tap++) {
            // Reversing all spatial axes reverses the row-major order of the taps.
            flipped[to + tap] = values[from + taps - 1 - tap];
          }
        }
      }
    }
    return flipped;
  }

  /** The adjoint of a convolution with these weights, brought to the size of the node's input. */
  static String transposedConvolution(AdjointContext node, Geometry geometry, String weights) {
    long[] input = node.shape(node.input(0));
    long[] output = node.shape(node.output());
    int spatial = geometry.kernel.length;
    long[] outputPadding = new long[spatial];
    for (int axis = 0; axis < spatial; axis++) {
      if (input[axis + 2] == ValueShapes.BATCH) {
        throw node.refused("its image size varies with the batch");
      }
      long reached =
          (output[axis + 2] - 1) * geometry.strides[axis]
              + geometry.extent(axis)
              - geometry.pads[axis]
              - geometry.pads[axis + spatial];
      outputPadding[axis] = input[axis + 2] - reached;
    }
    return node.emit(
        "ConvTranspose",
        List.of(node.cotangent(), weights),
        geometryOf(geometry, Attributes.of("output_padding", outputPadding)));
  }

  static void convTranspose(AdjointContext node) {
    TensorProto weights = node.constant(1, "weight");
    Geometry geometry = Geometry.of(node, weights);
    if (node.attributes().has("output_shape")) {
      throw node.refused("it fixes its output shape; export it with explicit pads");
    }
    node.contribute(
        0, node.emit("Conv", List.of(node.cotangent(), node.input(1)), geometryOf(geometry)));
  }

  private static AttributeProto[] geometryOf(Geometry geometry, AttributeProto... further) {
    AttributeProto[] attributes = Arrays.copyOf(further, further.length + 5);
    attributes[further.length] = Attributes.of("kernel_shape", geometry.kernel);
    attributes[further.length + 1] = Attributes.of("strides", geometry.strides);
    attributes[further.length + 2] = Attributes.of("dilations", geometry.dilations);
    attributes[further.length + 3] = Attributes.of("pads", geometry.pads);
    attributes[further.length + 4] = Attributes.of("group", geometry.group);
    return attributes;
  }
}
