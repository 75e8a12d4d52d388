package org.robustnessgap.worker.onnx;

import java.util.List;

/** Rules of operators that move elements without changing them. */
final class ShapeRules {
  private ShapeRules() {}

  /** Anything that keeps the row-major order of the elements. */
  static void reshape(AdjointContext node) {
    node.contribute(0, node.reshapedLike(node.cotangent(), node.input(0)));
  }

  static void transpose(AdjointContext node) {
    int rank = node.shape(node.output()).length;
    long[] permutation = node.attributes().integers("perm", rank, 0);
    long[] inverse = new long[rank];
    for (int axis = 0; axis < rank; axis++) {
      // Without the attribute, Transpose reverses the axes.
      int from = node.attributes().has("perm") ? (int) permutation[axis] : rank - 1 - axis;
      inverse[from] = axis;
    }
    node.contribute(
        0, node.emit("Transpose", List.of(node.cotangent()), Attributes.of("perm", inverse)));
  }
}
