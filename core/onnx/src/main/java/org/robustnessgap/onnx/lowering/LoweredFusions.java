package org.robustnessgap.onnx.lowering;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.robustnessgap.onnx.graph.Attributes;

/**
 * Operators of {@code com.microsoft} that ONNX Runtime makes of several standard ones when it saves
 * an optimised model.
 */
final class LoweredFusions {
  private static final String ACTIVATION = "activation";
  private static final int SUMMAND = 3;
  private static final int SUM_OUTPUT = 3;
  private static final double QUICK_ALPHA = 1.702;

  /** Of x³ in the approximation of the Gaussian distribution function by tanh. */
  private static final double CUBIC = 0.044715;

  /** What may follow a sum of products, with the attributes it has as a standard operator. */
  private static final Set<String> ACTIVATIONS =
      Set.of(
          "Elu",
          "HardSigmoid",
          "LeakyRelu",
          "Relu",
          "Selu",
          "Sigmoid",
          "Softplus",
          "Softsign",
          "Tanh",
          "ThresholdedRelu");

  private LoweredFusions() {}

  /** An activation of a convolution, plus a fourth input where there is one. */
  static boolean conv(LoweringContext node) {
    List<String> inputs =
        IntStream.range(0, Math.min(SUMMAND, node.inputs())).mapToObj(node::input).toList();
    String product = node.emit("Conv", inputs, ofProduct(node));
    String sum = node.hasInput(SUMMAND) ? node.add(product, node.input(SUMMAND)) : product;
    node.replace(0, activated(node, sum));
    return true;
  }

  private static String activated(LoweringContext node, String x) {
    String activation = node.attributes().text(ACTIVATION, "");
    float[] parameters = node.attributes().reals("activation_params");
    int needed =
        switch (activation) {
          case "Clip", "HardSigmoid" -> 2;
          case "LeakyRelu" -> 1;
          default -> 0;
        };
    if (parameters.length != needed) {
      throw node.refused(
          String.format(
              "its activation %s has %d parameters and not %d",
              activation, parameters.length, needed));
    }
    return switch (activation) {
      case "", "Identity" -> x;
      case "Relu", "Sigmoid", "Tanh" -> node.unary(activation, x);
      case "Clip" ->
          node.emit("Clip", List.of(x, node.number(parameters[0]), node.number(parameters[1])));
      case "HardSigmoid" ->
          node.emit(
              activation,
              List.of(x),
              Attributes.of("alpha", parameters[0]),
              Attributes.of("beta", parameters[1]));
      case "LeakyRelu" -> node.emit(activation, List.of(x), Attributes.of("alpha", parameters[0]));
      default -> throw node.refused("there is no activation " + activation);
    };
  }

  /** An activation of Gemm. */
  static boolean gemm(LoweringContext node) {
    List<String> inputs = IntStream.range(0, node.inputs()).mapToObj(node::input).toList();
    String activation = node.attributes().text(ACTIVATION, "");
    if (!ACTIVATIONS.contains(activation)) {
      throw node.refused("there is no activation " + activation);
    }
    String prefix = ACTIVATION + "_";
    AttributeProto[] ofActivation =
        node.attributes().stated().stream()
            .filter(attribute -> attribute.getName().startsWith(prefix))
            .map(
                attribute ->
                    attribute.toBuilder()
                        .setName(attribute.getName().substring(prefix.length()))
                        .build())
            .toArray(AttributeProto[]::new);
    node.replace(
        0,
        node.emit(activation, List.of(node.emit("Gemm", inputs, ofProduct(node))), ofActivation));
    return true;
  }

  private static AttributeProto[] ofProduct(LoweringContext node) {
    return node.attributes().stated().stream()
        .filter(attribute -> !attribute.getName().startsWith(ACTIVATION))
        .toArray(AttributeProto[]::new);
  }

  /** α · A · B, each possibly transposed. */
  static boolean matMul(LoweringContext node) {
    String product = node.emit("MatMul", List.of(operand(node, 0, "A"), operand(node, 1, "B")));
    float alpha = node.attributes().real("alpha", 1);
    node.replace(0, alpha == 1 ? product : node.mul(product, node.number(alpha)));
    return true;
  }

  private static String operand(LoweringContext node, int index, String name) {
    int rank = node.shape(node.input(index)).length;
    boolean rows = node.attributes().integer("transBatch" + name, 0) != 0;
    boolean matrix = node.attributes().integer("trans" + name, 0) != 0;
    if (rank < 2 || !rows && !matrix) {
      return node.input(index);
    }
    long[] axes = LongStream.range(0, rank).toArray();
    if (rows) {
      // The rows are first, before the axes along which there are several matrices.
      System.arraycopy(axes, 1, axes, 0, rank - 2);
      axes[rank - 2] = 0;
    }
    if (matrix) {
      long columns = axes[rank - 1];
      axes[rank - 1] = axes[rank - 2];
      axes[rank - 2] = columns;
    }
    return node.emit("Transpose", List.of(node.input(index)), Attributes.of("perm", axes));
  }

  /** Layer normalisation of a sum, which is an output too. */
  static boolean skipLayerNormalization(LoweringContext node) {
    String sum = node.add(node.input(0), node.input(1));
    if (node.hasInput(4)) {
      sum = node.add(sum, node.input(4));
    }
    List<String> inputs = new ArrayList<>(List.of(sum, node.input(2)));
    if (node.hasInput(SUMMAND)) {
      inputs.add(node.input(SUMMAND));
    }
    AttributeProto epsilon = Attributes.of("epsilon", node.attributes().real("epsilon", 1e-12f));
    node.replace(0, node.emit("LayerNormalization", inputs, epsilon));
    node.replace(SUM_OUTPUT, sum);
    return true;
  }

  /** x · Φ(x). */
  static boolean gelu(LoweringContext node) {
    node.replace(0, exact(node, node.input(0)));
    return true;
  }

  /** x · Φ(x) of a sum. */
  static boolean biasGelu(LoweringContext node) {
    node.replace(0, exact(node, node.add(node.input(0), node.input(1))));
    return true;
  }

  private static String exact(LoweringContext node, String x) {
    return gated(node, x, node.unary("Erf", node.mul(x, node.number(Math.sqrt(0.5)))));
  }

  /** x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³))) of a value, plus a bias where there is one. */
  static boolean fastGelu(LoweringContext node) {
    String x = node.hasInput(1) ? node.add(node.input(0), node.input(1)) : node.input(0);
    String cubic = node.mul(node.mul(x, node.mul(x, x)), node.number(CUBIC));
    String inner = node.mul(node.add(x, cubic), node.number(Math.sqrt(2 / Math.PI)));
    node.replace(0, gated(node, x, node.unary("Tanh", inner)));
    return true;
  }

  /** x/2 · (1 + gate). */
  private static String gated(LoweringContext node, String x, String gate) {
    return node.mul(node.mul(x, node.number(0.5)), node.add(gate, node.number(1)));
  }

  /** x / (1 + exp(−αx)). */
  static boolean quickGelu(LoweringContext node) {
    String x = node.input(0);
    double alpha = node.attributes().real("alpha", (float) QUICK_ALPHA);
    node.replace(0, node.mul(x, node.unary("Sigmoid", node.mul(x, node.number(alpha)))));
    return true;
  }
}
