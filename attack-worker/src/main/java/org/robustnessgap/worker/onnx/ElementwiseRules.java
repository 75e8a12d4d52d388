package org.robustnessgap.worker.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.List;

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

  /**
   * The subgradient at 0 is 0. From the output, so that the runtime may fuse the operator with what
   * precedes it.
   */
  static void relu(AdjointContext node) {
    node.contribute(0, times(node, node.cotangent(), positive(node, node.output())));
  }

  /** The subgradient at 0 is the negative side's slope. */
  static void leakyRelu(AdjointContext node) {
    float slope = node.attributes().real("alpha", 0.01f);
    String rise = times(node, positive(node, node.input(0)), node.builder().scalar(1 - slope));
    String derivative = node.emit("Add", List.of(rise, node.builder().scalar(slope)));
    node.contribute(0, times(node, node.cotangent(), derivative));
  }

  /**
   * 1 where a value is positive, else 0: faster than Sign, for which runtimes have no vector code.
   */
  private static String positive(AdjointContext node, String value) {
    return node.emit(
        "Cast",
        List.of(node.emit("Greater", List.of(value, node.builder().scalar(0)))),
        Attributes.of("to", TensorProto.DataType.FLOAT_VALUE));
  }

  /** d tanh = 1 − y². */
  static void tanh(AdjointContext node) {
    String square = times(node, node.output(), node.output());
    String derivative = node.emit("Sub", List.of(node.builder().scalar(1), square));
    node.contribute(0, times(node, node.cotangent(), derivative));
  }

  /** d sigmoid = y (1 − y). */
  static void sigmoid(AdjointContext node) {
    String complement = node.emit("Sub", List.of(node.builder().scalar(1), node.output()));
    node.contribute(0, times(node, node.cotangent(), times(node, node.output(), complement)));
  }

  static void add(AdjointContext node) {
    contributeBroadcast(node, 0, node.cotangent());
    contributeBroadcast(node, 1, node.cotangent());
  }

  static void sub(AdjointContext node) {
    contributeBroadcast(node, 0, node.cotangent());
    if (node.active(1)) {
      contributeBroadcast(node, 1, node.emit("Neg", List.of(node.cotangent())));
    }
  }

  static void mul(AdjointContext node) {
    for (int index = 0; index < 2; index++) {
      if (node.active(index)) {
        contributeBroadcast(node, index, times(node, node.cotangent(), node.input(1 - index)));
      }
    }
  }

  /** d(a/b) = da/b − (a/b) db/b. */
  static void div(AdjointContext node) {
    String quotient = node.emit("Div", List.of(node.cotangent(), node.input(1)));
    contributeBroadcast(node, 0, quotient);
    if (node.active(1)) {
      contributeBroadcast(node, 1, node.emit("Neg", List.of(times(node, quotient, node.output()))));
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
    node.contribute(0, times(node, node.cotangent(), node.builder().floats(factor, shape)));
  }

  private static void contributeBroadcast(AdjointContext node, int index, String gradient) {
    if (node.active(index)) {
      long[] from = node.shape(node.output());
      node.contribute(index, node.unbroadcast(gradient, from, node.shape(node.input(index))));
    }
  }

  private static String times(AdjointContext node, String a, String b) {
    return node.emit("Mul", List.of(a, b));
  }
}
