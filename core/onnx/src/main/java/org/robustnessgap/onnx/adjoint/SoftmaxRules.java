package org.robustnessgap.onnx.adjoint;

import java.util.List;

/** Rules of operators that normalise exponentials along one axis. */
final class SoftmaxRules {
  private SoftmaxRules() {}

  /** y ⊙ (v − ⟨v, y⟩). */
  static void softmax(AdjointContext node) {
    String y = probabilities(node);
    String along = sum(node, node.mul(node.cotangent(), y));
    node.contribute(0, node.mul(y, node.sub(node.cotangent(), along)));
  }

  /** Where all is masked there is no number; exporters replace it, and no gradient flows there. */
  private static String probabilities(AdjointContext node) {
    String y = node.output();
    return node.isReadBy("Where") ? node.where(node.unary("IsNaN", y), node.number(0), y) : y;
  }

  /** v − eʸ ⟨v, 1⟩. */
  static void logSoftmax(AdjointContext node) {
    String along = sum(node, node.cotangent());
    String probabilities = node.unary("Exp", node.output());
    node.contribute(0, node.sub(node.cotangent(), node.mul(probabilities, along)));
  }

  private static String sum(AdjointContext node, String value) {
    long axis = node.attributes().integer("axis", -1);
    return node.emit("ReduceSum", List.of(value, node.builder().longs(axis)));
  }
}
