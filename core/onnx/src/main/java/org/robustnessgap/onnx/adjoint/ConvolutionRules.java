package org.robustnessgap.onnx.adjoint;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.Tensors;

/** Rules of convolutions: each is the other's adjoint. */
final class ConvolutionRules {
  private static final long BLOCK = 16;

  private ConvolutionRules() {}

  /** Geometry of a (transposed) convolution, one entry for each spatial axis. */
  record Geometry(long[] kernel, long[] strides, long[] dilations, long[] pads, long group) {
    /** Of a window that moves over the node's input. */
    static Geometry of(AdjointContext node, long[] kernel) {
      Geometry stated = stated(node, kernel);
      return switch (node.attributes().text("auto_pad", "NOTSET")) {
        case "SAME_UPPER" -> stated.padded(node, true, stated.overlap(node));
        case "SAME_LOWER" -> stated.padded(node, false, stated.overlap(node));
        default -> stated;
      };
    }

    /** Of a window that moves over the node's output. */
    static Geometry ofTransposed(AdjointContext node, long[] kernel) {
      Geometry stated = stated(node, kernel);
      String padding = node.attributes().text("auto_pad", "NOTSET");
      if (!padding.startsWith("SAME") && !node.attributes().has("output_shape")) {
        return stated;
      }
      return stated.padded(node, padding.equals("SAME_UPPER"), stated.cut(node));
    }

    private static Geometry stated(AdjointContext node, long[] kernel) {
      return new Geometry(
          kernel,
          node.attributes().integers("strides", kernel.length, 1),
          node.attributes().integers("dilations", kernel.length, 1),
          node.attributes().integers("pads", 2 * kernel.length, 0),
          node.attributes().integer("group", 1));
    }

    /** By how much the windows reach over the input in all. */
    private long[] overlap(AdjointContext node) {
      long[] reach = reach(node.spatial(node.output()));
      long[] input = node.spatial(node.input(0));
      Arrays.setAll(reach, axis -> Math.max(0, reach[axis] - input[axis]));
      return reach;
    }

    /** What a transposed convolution leaves out of its windows in all. */
    private long[] cut(AdjointContext node) {
      long[] reach = reach(node.spatial(node.input(0)));
      long[] output = node.spatial(node.output());
      long[] more = node.attributes().integers("output_padding", kernel.length, 0);
      Arrays.setAll(reach, axis -> reach[axis] + more[axis] - output[axis]);
      return reach;
    }

    /** From the first element that this many windows see to the last. */
    private long[] reach(long[] windows) {
      long[] reach = new long[windows.length];
      Arrays.setAll(reach, axis -> (windows[axis] - 1) * strides[axis] + extent(axis));
      return reach;
    }

    /** With explicit pads: of an odd number, the larger half comes last or first. */
    private Geometry padded(AdjointContext node, boolean largerLast, long[] total) {
      long[] resolved = new long[2 * total.length];
      for (int axis = 0; axis < total.length; axis++) {
        if (total[axis] < 0) {
          throw node.refused("its output reaches beyond its windows; export it with explicit pads");
        }
        long half = total[axis] / 2;
        resolved[axis] = largerLast ? half : total[axis] - half;
        resolved[axis + total.length] = total[axis] - resolved[axis];
      }
      return new Geometry(kernel, strides, dilations, resolved, group);
    }

    /** From the first to the last tap of the kernel along an axis. */
    long extent(int axis) {
      return dilations[axis] * (kernel[axis] - 1) + 1;
    }

    boolean unitStride() {
      return Arrays.stream(strides).allMatch(stride -> stride == 1);
    }
  }

  /** Of weights [m, c, k…], its spatial part. */
  private static long[] kernel(long[] shape) {
    return Arrays.copyOfRange(shape, 2, shape.length);
  }

  static void conv(AdjointContext node) {
    Geometry geometry = Geometry.of(node, kernel(weightShape(node)));
    if (node.isVariable(node.input(1))) {
      node.contribute(0, transposedConvolution(node, geometry, node.cotangent(), node.input(1)));
      node.contribute(1, weightGradient(node, geometry, node.input(0), node.cotangent()));
    } else {
      TensorProto weights = node.constant(1, "weight");
      long[] pads = padsOfFlipped(geometry);
      node.contribute(
          0,
          geometry.unitStride() && pads != null && fitsBlocks(weights, geometry)
              ? convolutionWithFlipped(node, weights, geometry, pads)
              : transposedConvolution(node, geometry, node.cotangent(), node.input(1)));
    }
    contributeBias(node);
  }

  private static long[] weightShape(AdjointContext node) {
    if (node.isVariable(node.input(1))) {
      return node.shape(node.input(1));
    }
    return Tensors.shape(node.constant(1, "weight"));
  }

  /** Of a named weight: summed over rows and places. One made of an image would mix its rows. */
  private static void contributeBias(AdjointContext node) {
    if (node.active(2) && !node.isVariable(node.input(2))) {
      throw node.refused("its bias depends on the image");
    }
    if (node.active(2)) {
      int axes = node.shape(node.output()).length;
      long[] summed = LongStream.range(0, axes).filter(axis -> axis != 1).toArray();
      node.contribute(
          2,
          node.emit(
              "ReduceSum",
              List.of(node.cotangent(), node.builder().longs(summed)),
              Attributes.of("keepdims", 0L)));
    }
  }

  /**
   * The gradient of a convolution with respect to its weights [m, c, k…]: at tap k the sum over
   * rows and windows o of v[n, m, o] x[n, c, stride · o + dilation · k − pad]. That is a
   * convolution too, of x with v, rows in place of channels, and strides in place of dilations.
   *
   * @param input x, [n, c, …]
   * @param cotangent v, [n, m, …]
   */
  private static String weightGradient(
      AdjointContext node, Geometry geometry, String input, String cotangent) {
    if (geometry.group != 1) {
      throw node.refused("there is no derivative with respect to weights in groups");
    }
    int spatial = geometry.kernel.length;
    String taps =
        node.emit(
            "Conv",
            List.of(rowsAsChannels(node, input, spatial), rowsAsChannels(node, cotangent, spatial)),
            Attributes.of("strides", geometry.dilations),
            Attributes.of("dilations", geometry.strides),
            Attributes.of("pads", geometry.pads));
    // Where strides leave a rest of the input, there are places for further taps.
    String own =
        node.emit(
            "Slice",
            List.of(
                taps,
                node.builder().longs(new long[spatial]),
                node.builder().longs(geometry.kernel),
                node.builder().longs(LongStream.range(2, 2L + spatial).toArray())));
    return rowsAsChannels(node, own, spatial);
  }

  private static String rowsAsChannels(AdjointContext node, String value, int spatial) {
    long[] order = LongStream.range(0, 2L + spatial).toArray();
    order[0] = 1;
    order[1] = 0;
    return node.emit("Transpose", List.of(value), Attributes.of("perm", order));
  }

  /**
   * The adjoint of a convolution with stride 1 is a convolution too, for which runtimes have their
   * best kernels.
   */
  private static String convolutionWithFlipped(
      AdjointContext node, TensorProto weights, Geometry geometry, long[] pads) {
    String flipped =
        node.builder().floats(flip(weights, geometry.group), flippedShape(weights, geometry.group));
    return node.emit(
        "Conv",
        List.of(node.cotangent(), flipped),
        Attributes.of("kernel_shape", geometry.kernel),
        Attributes.of("dilations", geometry.dilations),
        Attributes.of("pads", pads),
        Attributes.of("group", geometry.group));
  }

  /**
   * ONNX Runtime's kernels compute 16 channels at once: of an image with 3, or from an odd number
   * of filters, a transposed convolution is cheaper.
   */
  private static boolean fitsBlocks(TensorProto weights, Geometry geometry) {
    long[] shape = Tensors.shape(weights);
    return geometry.group > 1 || (shape[0] % BLOCK == 0 && shape[1] >= BLOCK);
  }

  /** extent − 1 − pad on each side, or null where the convolution was padded beyond its kernel. */
  private static long @Nullable [] padsOfFlipped(Geometry geometry) {
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
  static String transposedConvolution(
      AdjointContext node, Geometry geometry, String cotangent, String weights) {
    long[] input = node.spatial(node.input(0));
    long[] reach = geometry.reach(node.spatial(node.output()));
    long[] pads = geometry.pads.clone();
    long[] outputPadding = new long[input.length];
    for (int axis = 0; axis < input.length; axis++) {
      long missing = input[axis] - (reach[axis] - pads[axis] - pads[axis + input.length]);
      outputPadding[axis] = Math.max(0, missing);
      // Windows may reach beyond the padding where the number of them is rounded up.
      pads[axis + input.length] += Math.max(0, -missing);
    }
    Geometry exact =
        new Geometry(geometry.kernel, geometry.strides, geometry.dilations, pads, geometry.group);
    return node.emit(
        "ConvTranspose",
        List.of(cotangent, weights),
        geometryOf(exact, Attributes.of("output_padding", outputPadding)));
  }

  static void convTranspose(AdjointContext node) {
    Geometry geometry = Geometry.ofTransposed(node, kernel(weightShape(node)));
    node.contribute(
        0, node.emit("Conv", List.of(node.cotangent(), node.input(1)), geometryOf(geometry)));
    if (node.isVariable(node.input(1))) {
      node.contribute(1, weightGradient(node, geometry, node.cotangent(), node.input(0)));
    }
    contributeBias(node);
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
