package org.robustnessgap.certificate;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.Optional;
import org.robustnessgap.onnx.graph.Attributes;

/**
 * A fully connected layer y = W x + b.
 *
 * @param input name of x
 * @param weights W, [rows, columns], row-major
 * @param bias b; zeros if there is none
 */
record Linear(String input, double[] weights, double[] bias, int rows, int columns) {

  /** Reads Gemm, or MatMul of vectors with constant weights; empty for anything else. */
  static Optional<Linear> of(NodeProto node, Values values) {
    Attributes attributes = new Attributes(node);
    boolean gemm = node.getOpType().equals("Gemm");
    if (!gemm && !node.getOpType().equals("MatMul")) {
      return Optional.empty();
    }
    String x = node.getInput(0);
    String w = node.getInput(1);
    Optional<double[]> weights = values.constant(w);
    if (weights.isEmpty()
        || attributes.integer("transA", 0) != 0
        || values.shape(x).length != 2
        || values.shape(w).length != 2) {
      return Optional.empty();
    }
    int first = Math.toIntExact(values.shape(w)[0]);
    int second = Math.toIntExact(values.shape(w)[1]);
    boolean transposed = attributes.integer("transB", 0) != 0;
    int rows = transposed ? first : second;
    int columns = transposed ? second : first;
    float alpha = attributes.real("alpha", 1);
    double[] rowMajor = new double[rows * columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        int at = transposed ? i * columns + j : j * rows + i;
        rowMajor[i * columns + j] = alpha * weights.get()[at];
      }
    }
    double[] bias = new double[rows];
    if (gemm && node.getInputCount() > 2 && !node.getInput(2).isEmpty()) {
      Optional<double[]> given = values.constant(node.getInput(2));
      if (given.isEmpty() || (given.get().length != rows && given.get().length != 1)) {
        return Optional.empty();
      }
      for (int i = 0; i < rows; i++) {
        bias[i] = attributes.real("beta", 1) * given.get()[given.get().length == 1 ? 0 : i];
      }
    }
    return Optional.of(new Linear(x, rowMajor, bias, rows, columns));
  }

  double norm() {
    return OperatorNorm.ofMatrix(weights, rows, columns);
  }

  /** ‖w_i − w_j‖₂. */
  double rowDistance(int i, int j) {
    double sum = 0;
    for (int k = 0; k < columns; k++) {
      double difference = weights[i * columns + k] - weights[j * columns + k];
      sum += difference * difference;
    }
    return Math.sqrt(sum);
  }
}
