package org.robustnessgap.onnx.lowering;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.robustnessgap.onnx.graph.Attributes;

/** An activation of RNN, GRU or LSTM; α and β of those that have none do not matter. */
record RecurrentActivation(ActivationFunction kind, float alpha, float beta) {
  /** How many of α and β each has, and what they are where the node does not say. */
  enum ActivationFunction {
    AFFINE(2, 1, 0),
    ELU(1, 1, 0),
    HARDSIGMOID(2, 0.2f, 0.5f),
    LEAKYRELU(1, 0.01f, 0),
    RELU(0, 0, 0),
    SCALEDTANH(2, 1, 1),
    SIGMOID(0, 0, 0),
    SOFTPLUS(0, 0, 0),
    SOFTSIGN(0, 0, 0),
    TANH(0, 0, 0),
    THRESHOLDEDRELU(1, 1, 0);

    private final int parameters;
    private final float alpha;
    private final float beta;

    ActivationFunction(int parameters, float alpha, float beta) {
      this.parameters = parameters;
      this.alpha = alpha;
      this.beta = beta;
    }
  }

  /**
   * Those of a node.
   *
   * @param defaults their names where it gives none, for each direction
   * @throws org.robustnessgap.messages.InvalidInputException if it names one that does not exist,
   *     or not as many as it needs
   */
  static List<RecurrentActivation> of(LoweringContext node, List<String> defaults, int directions) {
    List<String> names = new ArrayList<>(node.attributes().texts("activations"));
    if (names.isEmpty()) {
      Collections.nCopies(directions, defaults).forEach(names::addAll);
    }
    if (names.size() != directions * defaults.size()) {
      throw node.refused(
          String.format(
              "it names %d activations, and needs %d", names.size(), directions * defaults.size()));
    }
    // Each takes from the lists what it has a use for.
    float[] alphas = node.attributes().reals("activation_alpha");
    float[] betas = node.attributes().reals("activation_beta");
    int alpha = 0;
    int beta = 0;
    List<RecurrentActivation> activations = new ArrayList<>();
    for (String name : names) {
      ActivationFunction kind = kind(node, name);
      boolean givesAlpha = kind.parameters > 0 && alpha < alphas.length;
      boolean givesBeta = kind.parameters > 1 && beta < betas.length;
      activations.add(
          new RecurrentActivation(
              kind,
              givesAlpha ? alphas[alpha++] : kind.alpha,
              givesBeta ? betas[beta++] : kind.beta));
    }
    return activations;
  }

  private static ActivationFunction kind(LoweringContext node, String name) {
    try {
      return ActivationFunction.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw node.refused("there is no activation " + name);
    }
  }

  /** What it makes of a value. */
  String of(LoweringContext node, String x) {
    return switch (kind) {
      case AFFINE -> node.add(node.mul(node.number(alpha), x), node.number(beta));
      case ELU -> node.emit("Elu", List.of(x), Attributes.of("alpha", alpha));
      case HARDSIGMOID ->
          node.emit(
              "HardSigmoid",
              List.of(x),
              Attributes.of("alpha", alpha),
              Attributes.of("beta", beta));
      case LEAKYRELU -> node.emit("LeakyRelu", List.of(x), Attributes.of("alpha", alpha));
      case RELU -> node.unary("Relu", x);
      case SCALEDTANH ->
          node.mul(node.number(alpha), node.unary("Tanh", node.mul(node.number(beta), x)));
      case SIGMOID -> node.unary("Sigmoid", x);
      case SOFTPLUS -> node.unary("Softplus", x);
      case SOFTSIGN -> node.unary("Softsign", x);
      case TANH -> node.unary("Tanh", x);
      case THRESHOLDEDRELU ->
          node.emit("ThresholdedRelu", List.of(x), Attributes.of("alpha", alpha));
    };
  }
}
