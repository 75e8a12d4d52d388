package org.robustnessgap.onnx.adjoint;

import java.util.List;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.Tensors;

/** Rules of operators that act on each element, with broadcasting. */
final class ElementwiseRules {
  private ElementwiseRules() {}

  static void identity(AdjointContext node) {
    node.contribute(0, node.cotangent());
  }

  /** The identity, as long as it does not drop anything. */
  static void dropout(AdjointContext node) {
    if (node.hasInput(2) && !Tensors.isZero(node.constant(2, "training mode"))) {
      throw node.refused("it drops values at random; export the model in eval mode");
    }
    identity(node);
  }

  static void neg(AdjointContext node) {
    node.contribute(0, node.emit("Neg", List.of(node.cotangent())));
  }

  /** The subgradient at 0 is the negative side's slope. */
  static void leakyRelu(AdjointContext node) {
    float slope = node.attributes().real("alpha", 0.01f);
    String rise = node.mul(positive(node, node.input(0)), node.number(1 - slope));
    String derivative = node.emit("Add", List.of(rise, node.number(slope)));
    node.contribute(0, node.mul(node.cotangent(), derivative));
  }

  /**
   * 1 where a value is positive, else 0: faster than Sign, for which runtimes have no vector code.
   */
  private static String positive(AdjointContext node, String value) {
    return node.indicator("Greater", value, node.number(0));
  }

  /** d tanh = 1 − y². */
  static void tanh(AdjointContext node) {
    String square = node.mul(node.output(), node.output());
    String derivative = node.emit("Sub", List.of(node.number(1), square));
    node.contribute(0, node.mul(node.cotangent(), derivative));
  }

  /** d sigmoid = y (1 − y). */
  static void sigmoid(AdjointContext node) {
    String complement = node.emit("Sub", List.of(node.number(1), node.output()));
    node.contribute(0, node.mul(node.cotangent(), node.mul(node.output(), complement)));
  }

  static void add(AdjointContext node) {
    node.contributeBroadcast(0, node.cotangent());
    node.contributeBroadcast(1, node.cotangent());
  }

  static void sub(AdjointContext node) {
    node.contributeBroadcast(0, node.cotangent());
    if (node.active(1)) {
      node.contributeBroadcast(1, node.emit("Neg", List.of(node.cotangent())));
    }
  }

  static void mul(AdjointContext node) {
    for (int index = 0; index < 2; index++) {
      if (node.active(index)) {
        node.contributeBroadcast(index, node.mul(node.cotangent(), node.input(1 - index)));
      }
    }
  }

  /** d(a/b) = da/b − (a/b) db/b. */
  static void div(AdjointContext node) {
    String quotient = node.emit("Div", List.of(node.cotangent(), node.input(1)));
    node.contributeBroadcast(0, quotient);
    if (node.active(1)) {
      node.contributeBroadcast(1, node.emit("Neg", List.of(node.mul(quotient, node.output()))));
    }
  }

  /** y = x − d · whole for the whole quotient, which is flat: that is (x − y)/d up to rounding. */
  static void mod(AdjointContext node) {
    node.contributeBroadcast(0, node.cotangent());
    if (node.active(1)) {
      String multiple = node.sub(node.input(0), node.output());
      String whole = node.unary("Round", node.div(multiple, node.input(1)));
      node.contributeBroadcast(1, node.unary("Neg", node.mul(node.cotangent(), whole)));
    }
  }

  /**
   * Inference form: y = (x − mean) · scale / √(variance + ε) + bias, a constant factor per channel.
   */
  static void batchNormalization(AdjointContext node) {
    if (node.attributes().integer("training_mode", 0) != 0) {
      throw node.refused("it normalises with its own batch; export the model in eval mode");
    }
    float[] scale = Tensors.values(node.constant(1, "scale"));
    float[] variance = Tensors.values(node.constant(4, "variance"));
    float epsilon = node.attributes().real("epsilon", 1e-5f);
    float[] factor = new float[scale.length];
    for (int channel = 0; channel < factor.length; channel++) {
      factor[channel] = (float) (scale[channel] / Math.sqrt((double) variance[channel] + epsilon));
    }
    long[] shape = new long[Math.max(node.shape(node.output()).length - 1, 1)];
    java.util.Arrays.fill(shape, 1);
    shape[0] = factor.length;
    node.contribute(0, node.mul(node.cotangent(), node.builder().floats(factor, shape)));
  }

  /** Any number of summands. */
  static void sum(AdjointContext node) {
    for (int index = 0; index < node.inputs(); index++) {
      node.contributeBroadcast(index, node.cotangent());
    }
  }

  static void mean(AdjointContext node) {
    String share = node.div(node.cotangent(), node.number(node.inputs()));
    for (int index = 0; index < node.inputs(); index++) {
      node.contributeBroadcast(index, share);
    }
  }

  /** The subgradient at 0 is the negative side's slope. */
  static void prelu(AdjointContext node) {
    String zero = node.number(0);
    if (node.active(0)) {
      String positive = node.emit("Greater", List.of(node.input(0), zero));
      String slope = node.where(positive, node.number(1), node.input(1));
      node.contribute(0, node.mul(node.cotangent(), slope));
    }
    if (node.active(1)) {
      String negative = node.emit("Min", List.of(node.input(0), zero));
      node.contributeBroadcast(1, node.mul(node.cotangent(), negative));
    }
  }

  /** d xᵖ = p xᵖ⁻¹ dx + xᵖ log x dp, the last 0 where x ≤ 0. */
  static void pow(AdjointContext node) {
    String base = node.input(0);
    if (node.active(0)) {
      node.contributeBroadcast(0, node.mul(node.cotangent(), powerRule(node, base)));
    }
    if (node.active(1)) {
      String positive = node.emit("Greater", List.of(base, node.number(0)));
      String log = node.unary("Log", node.where(positive, base, node.number(1)));
      node.contributeBroadcast(1, node.mul(node.cotangent(), node.mul(node.output(), log)));
    }
  }

  private static String powerRule(AdjointContext node, String base) {
    String exponent = node.asFloat(node.input(1));
    // The commonest power, which Pow computes slowly.
    if (node.isScalar(1, 2)) {
      return node.mul(node.number(2), base);
    }
    String derivative =
        node.mul(exponent, node.emit("Pow", List.of(base, node.sub(exponent, node.number(1)))));
    // x⁰ is flat also at 0, where x⁻¹ is not finite.
    String flat = node.emit("Equal", List.of(exponent, node.number(0)));
    return node.where(flat, node.number(0), derivative);
  }

  /** Flat wherever the derivative exists; see {@link Steps}. */
  static void step(AdjointContext node) {
    node.contribute(0, node.isStepPassed() ? node.cotangent() : node.zerosLike(node.cotangent()));
  }

  /** From one floating-point type to another. */
  static void cast(AdjointContext node) {
    node.contribute(
        0,
        node.emit(
            "Cast",
            List.of(node.cotangent()),
            Attributes.of("to", (long) node.elementType(node.input(0)))));
  }
}
