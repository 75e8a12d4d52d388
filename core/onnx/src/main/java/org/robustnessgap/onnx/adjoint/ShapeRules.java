package org.robustnessgap.onnx.adjoint;

import java.util.Arrays;
import java.util.List;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.ValueShapes;

/** Rules of operators that move elements without changing them. */
final class ShapeRules {
  private ShapeRules() {}

  /** Anything that keeps the row-major order of the elements. */
  static void reshape(AdjointContext node) {
    long[] from = node.shape(node.output());
    long[] to = node.shape(node.input(0));
    node.contribute(
        0,
        rowSize(from) > 0 && rowSize(from) == rowSize(to)
            ? node.emit("Reshape", List.of(node.cotangent(), node.builder().longs(kept(to))))
            : node.reshapedLike(node.cotangent(), node.input(0)));
  }

  /** Elements of a row, or −1 if not only the first axis varies with the batch. */
  private static long rowSize(long[] shape) {
    boolean rows =
        shape.length > 0
            && shape[0] == ValueShapes.BATCH
            && Arrays.stream(shape).skip(1).noneMatch(size -> size == ValueShapes.BATCH);
    return rows ? Arrays.stream(shape).skip(1).reduce(1, (a, b) -> a * b) : -1;
  }

  /** As an argument of Reshape that keeps the first axis: the runtime can infer such a shape. */
  private static long[] kept(long[] shape) {
    long[] argument = shape.clone();
    argument[0] = 0;
    return argument;
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
