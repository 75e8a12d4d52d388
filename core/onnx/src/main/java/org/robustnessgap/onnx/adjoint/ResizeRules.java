package org.robustnessgap.onnx.adjoint;

import java.util.Arrays;
import java.util.List;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.Tensors;
import org.robustnessgap.onnx.graph.ValueShapes;

/**
 * The rule of Resize. Along each axis it is one linear map of that axis alone, whatever the mode,
 * so the operator itself, applied to the identity matrix, says what to transpose.
 */
final class ResizeRules {
  private ResizeRules() {}

  static void resize(AdjointContext node) {
    requirePlain(node);
    long[] in = node.shape(node.input(0));
    long[] out = node.shape(node.output());
    String gradient = node.cotangent();
    for (int axis = 0; axis < in.length; axis++) {
      if (in[axis] == ValueShapes.BATCH) {
        continue;
      }
      float scale = scale(node, axis, in, out);
      if (in[axis] != out[axis] || scale != 1) {
        String matrix = matrix(node, in[axis], out[axis], scale);
        gradient = transposedProduct(node, gradient, matrix, axis, in.length);
      }
    }
    node.contribute(0, gradient);
  }

  private static void requirePlain(AdjointContext node) {
    if (node.attributes()
        .text("coordinate_transformation_mode", "half_pixel")
        .equals("tf_crop_and_resize")) {
      throw node.refused("it crops");
    }
    if (!node.attributes().text("keep_aspect_ratio_policy", "stretch").equals("stretch")) {
      throw node.refused("it keeps the aspect ratio; export it with the size that results");
    }
  }

  /** The stated one; else that of the sizes. */
  private static float scale(AdjointContext node, int axis, long[] in, long[] out) {
    float bySize = (float) out[axis] / in[axis];
    if (node.hasInput(3)) {
      return bySize;
    }
    float[] stated = Tensors.values(node.constant(2, "list of scales"));
    long[] axes = node.attributes().integers("axes", 0, 0);
    if (axes.length == 0) {
      return stated[axis];
    }
    for (int i = 0; i < axes.length; i++) {
      if ((axes[i] < 0 ? axes[i] + in.length : axes[i]) == axis) {
        return stated[i];
      }
    }
    return 1;
  }

  /** [out, in]: what Resize makes of the identity. */
  private static String matrix(AdjointContext node, long in, long out, float scale) {
    int side = node.side(in);
    float[] identity = new float[side * side];
    for (int i = 0; i < side; i++) {
      identity[i * side + i] = 1;
    }
    // Two leading axes: the runtime interpolates images only.
    String image = node.builder().floats(identity, 1, 1, in, in);
    String resized =
        node.hasInput(3)
            ? node.againWithout("axes", List.of(image, "", "", node.builder().longs(1, 1, out, in)))
            : node.againWithout(
                "axes", List.of(image, "", node.builder().floats(new float[] {1, 1, scale, 1}, 4)));
    return node.emit("Reshape", List.of(resized, node.builder().longs(out, in)));
  }

  /** Aᵀ along one axis of a value. */
  private static String transposedProduct(
      AdjointContext node, String value, String matrix, int axis, int rank) {
    if (axis == rank - 1) {
      return node.emit("MatMul", List.of(value, matrix));
    }
    long[] swap = new long[rank];
    Arrays.setAll(swap, i -> i == axis ? rank - 1 : i == rank - 1 ? axis : i);
    String last = node.emit("Transpose", List.of(value), Attributes.of("perm", swap));
    String product = node.emit("MatMul", List.of(last, matrix));
    return node.emit("Transpose", List.of(product), Attributes.of("perm", swap));
  }
}
