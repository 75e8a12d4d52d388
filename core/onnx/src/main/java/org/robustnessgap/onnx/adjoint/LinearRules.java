package org.robustnessgap.onnx.adjoint;

import java.util.List;
import org.robustnessgap.onnx.graph.Attributes;

/** Rules of matrix products. */
final class LinearRules {
  private LinearRules() {}

  /** Y = α A′ B′ + β C, where ′ may transpose. */
  static void gemm(AdjointContext node) {
    float alpha = node.attributes().real("alpha", 1);
    float beta = node.attributes().real("beta", 1);
    boolean transA = node.attributes().integer("transA", 0) != 0;
    boolean transB = node.attributes().integer("transB", 0) != 0;
    String cotangent = node.cotangent();
    if (node.active(0)) {
      node.contribute(
          0,
          transA
              ? gemm(node, alpha, node.input(1), transB, cotangent, true)
              : gemm(node, alpha, cotangent, false, node.input(1), !transB));
    }
    if (node.active(1)) {
      node.contribute(
          1,
          transB
              ? gemm(node, alpha, cotangent, true, node.input(0), transA)
              : gemm(node, alpha, node.input(0), !transA, cotangent, false));
    }
    if (node.active(2)) {
      String scaled = node.emit("Mul", List.of(cotangent, node.builder().scalar(beta)));
      node.contribute(
          2, node.unbroadcast(scaled, node.shape(node.output()), node.shape(node.input(2))));
    }
  }

  private static String gemm(
      AdjointContext node, float alpha, String a, boolean transA, String b, boolean transB) {
    return node.emit(
        "Gemm",
        List.of(a, b),
        Attributes.of("alpha", alpha),
        Attributes.of("transA", transA ? 1 : 0),
        Attributes.of("transB", transB ? 1 : 0));
  }

  /**
   * Batched product of matrices in the last two axes, the others broadcast. A vector is a row on
   * the left and a column on the right.
   */
  static void matMul(AdjointContext node) {
    long[] a = node.shape(node.input(0));
    long[] b = node.shape(node.input(1));
    long[] y = node.shape(node.output());
    String left = node.input(0);
    String right = node.input(1);
    String cotangent = node.cotangent();
    // Last, so that the axis of the row lies before that of the column.
    if (b.length == 1) {
      b = new long[] {b[0], 1};
      y = inserted(y, y.length);
      right = unsqueezed(node, right, 1);
      cotangent = unsqueezed(node, cotangent, -1);
    }
    if (a.length == 1) {
      a = new long[] {1, a[0]};
      y = inserted(y, y.length - 1);
      left = unsqueezed(node, left, 0);
      cotangent = unsqueezed(node, cotangent, -2);
    }
    if (node.active(0)) {
      // Gemm reads a matrix transposed; the runtime would make a second weight of a Transpose.
      String product =
          a.length == 2 && b.length == 2
              ? gemm(node, 1, cotangent, false, right, true)
              : node.emit("MatMul", List.of(cotangent, transposed(node, right, b.length)));
      contributeMatrix(node, 0, node.unbroadcast(product, lastTwo(y, a), a));
    }
    if (node.active(1)) {
      String product = node.emit("MatMul", List.of(transposed(node, left, a.length), cotangent));
      contributeMatrix(node, 1, node.unbroadcast(product, lastTwo(y, b), b));
    }
  }

  private static void contributeMatrix(AdjointContext node, int index, String gradient) {
    boolean vector = node.shape(node.input(index)).length == 1;
    node.contribute(index, vector ? node.reshapedLike(gradient, node.input(index)) : gradient);
  }

  private static String unsqueezed(AdjointContext node, String value, long axis) {
    return node.emit("Unsqueeze", List.of(value, node.builder().longs(axis)));
  }

  private static long[] inserted(long[] shape, int axis) {
    long[] more = new long[shape.length + 1];
    System.arraycopy(shape, 0, more, 0, axis);
    more[axis] = 1;
    System.arraycopy(shape, axis, more, axis + 1, shape.length - axis);
    return more;
  }

  private static String transposed(AdjointContext node, String value, int rank) {
    long[] permutation = new long[rank];
    java.util.Arrays.setAll(permutation, axis -> axis);
    permutation[rank - 1] = rank - 2L;
    permutation[rank - 2] = rank - 1L;
    return node.emit("Transpose", List.of(value), Attributes.of("perm", permutation));
  }

  /** The batch axes of one shape with the matrix axes of another. */
  private static long[] lastTwo(long[] batch, long[] matrix) {
    long[] shape = batch.clone();
    System.arraycopy(matrix, matrix.length - 2, shape, shape.length - 2, 2);
    return shape;
  }
}
