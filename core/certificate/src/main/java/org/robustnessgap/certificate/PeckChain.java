package org.robustnessgap.certificate;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.robustnessgap.onnx.graph.Attributes;

/**
 * The bounds of Peck, Roels, Goossens, Saeys, "Lower bounds on the robustness to adversarial
 * perturbations" (2017), theorems 4.1 to 4.4, as printed, for chains of their layers. They are no
 * certificate: the bound of a convolution, κ/‖W‖_F, is false where windows overlap, and that of a
 * fully connected layer follows only for perturbations that change the norm of its output.
 */
final class PeckChain {
  private static final int MOST_ITERATIONS = 100;
  private static final double PRECISION = 1e-7;

  /** A layer: what the robustness κ of its output says of that of its input. */
  private sealed interface Layer {
    /** κ/divisor. */
    record Divided(double divisor) implements Layer {}

    /** Fully connected with an activation; the Jacobian is that at the sample. */
    record Connected(Linear linear, Activation activation, String before) implements Layer {}
  }

  /** Activations, with their slope and the largest size of their second derivative. */
  private enum Activation {
    NONE(0),
    RELU(0),
    TANH(4 / (3 * Math.sqrt(3))),
    SIGMOID(1 / (6 * Math.sqrt(3)));

    private final double curvature;

    Activation(double curvature) {
      this.curvature = curvature;
    }

    double slope(double x) {
      return switch (this) {
        case NONE -> 1;
        case RELU -> x > 0 ? 1 : 0;
        case TANH -> 1 - Math.tanh(x) * Math.tanh(x);
        case SIGMOID -> 1 / (2 + Math.exp(x) + Math.exp(-x));
      };
    }

    static Optional<Activation> of(NodeProto node) {
      return switch (node.getOpType()) {
        case "Relu" -> Optional.of(RELU);
        case "Tanh" -> Optional.of(TANH);
        case "Sigmoid" -> Optional.of(SIGMOID);
        default -> Optional.empty();
      };
    }
  }

  /** From the input to the last but one. */
  private final List<Layer> layers;

  private PeckChain(List<Layer> layers) {
    this.layers = layers;
  }

  /** Empty if the model is no chain of convolutions with ReLU, poolings and full connections. */
  static Optional<PeckChain> of(Values values) {
    List<NodeProto> nodes = values.model().nodes();
    List<Layer> layers = new ArrayList<>();
    String at = values.model().input().name();
    for (int i = 0; i < nodes.size() - 1; i++) {
      NodeProto node = nodes.get(i);
      if (!node.getInput(0).equals(at) || !values.hasOneReader(node.getOutput(0))) {
        return Optional.empty();
      }
      at = node.getOutput(0);
      Activation activation = Activation.of(nodes.get(i + 1)).orElse(Activation.NONE);
      Optional<Layer> layer = layer(node, activation, values);
      if (layer.isEmpty()) {
        return Optional.empty();
      }
      layers.add(layer.get());
      if (layer.get() instanceof Layer.Connected connected
          && connected.activation() != Activation.NONE) {
        // The activation belongs to the layer.
        i++;
        at = nodes.get(i).getOutput(0);
      }
    }
    NodeProto last = nodes.get(nodes.size() - 1);
    return last.getInput(0).equals(at) && Linear.of(last, values).isPresent()
        ? Optional.of(new PeckChain(layers))
        : Optional.empty();
  }

  private static Optional<Layer> layer(NodeProto node, Activation activation, Values values) {
    Attributes attributes = new Attributes(node);
    return switch (node.getOpType()) {
      // ReLU after a convolution is part of theorem 4.2.
      case "Relu", "Flatten", "Reshape", "Identity" -> Optional.of(new Layer.Divided(1));
      case "Conv" ->
          values
              .constant(node.getInput(1))
              .map(weights -> new Layer.Divided(OperatorNorm.frobenius(weights)));
      case "MaxPool", "AveragePool" -> Optional.of(new Layer.Divided(side(node, values)));
      case "LpPool" -> {
        double p = attributes.integer("p", 2);
        double field =
            Arrays.stream(attributes.integers("kernel_shape", 2, 1)).reduce(1, (a, b) -> a * b);
        yield Optional.of(new Layer.Divided(side(node, values) * Math.pow(field, 1 / p)));
      }
      case "Gemm", "MatMul" ->
          Linear.of(node, values)
              .map(linear -> new Layer.Connected(linear, activation, node.getOutput(0)));
      default -> Optional.empty();
    };
  }

  /** t of an output of t × t. */
  private static double side(NodeProto node, Values values) {
    int[] spatial = values.spatial(node.getOutput(0));
    double area = Arrays.stream(spatial).asDoubleStream().reduce(1, (a, b) -> a * b);
    return Math.sqrt(area);
  }

  /** The values of the model that {@link #bound} needs for a sample. */
  List<String> needed() {
    return layers.stream()
        .filter(Layer.Connected.class::isInstance)
        .map(layer -> ((Layer.Connected) layer).before())
        .toList();
  }

  /**
   * The bound for one sample.
   *
   * @param kappa robustness of the last layer
   * @param activations the needed values at the sample
   */
  double bound(double kappa, Map<String, float[]> activations) {
    double bound = kappa;
    for (int i = layers.size() - 1; i >= 0; i--) {
      Layer layer = layers.get(i);
      bound =
          layer instanceof Layer.Connected connected
              ? connected(
                  connected, Objects.requireNonNull(activations.get(connected.before())), bound)
              : bound / ((Layer.Divided) layer).divisor();
    }
    return bound;
  }

  /** Theorem 4.1; M → 0 gives κ/‖J(x)‖. */
  private static double connected(Layer.Connected layer, float[] before, double kappa) {
    Linear linear = layer.linear();
    double[] slopes = new double[before.length];
    Arrays.setAll(slopes, i -> layer.activation().slope(before[i]));
    double jacobian = jacobianNorm(linear, slopes);
    double largest = Arrays.stream(linear.weights()).map(Math::abs).max().orElse(0);
    double m = layer.activation().curvature * largest * largest * Math.sqrt(linear.rows());
    // (√(‖J‖² + 2mκ) − ‖J‖)/m without cancellation; infinite where the layer is constant.
    return 2 * kappa / (Math.sqrt(jacobian * jacobian + 2 * m * kappa) + jacobian);
  }

  /** ‖diag(slopes) W‖ by power iteration: close to the printed quantity, not above it. */
  private static double jacobianNorm(Linear linear, double[] slopes) {
    int columns = linear.columns();
    double[] v = new double[columns];
    Arrays.fill(v, 1 / Math.sqrt(columns));
    double norm = 0;
    for (int iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
      double[] next = new double[columns];
      for (int i = 0; i < slopes.length; i++) {
        if (slopes[i] != 0) {
          double product = 0;
          for (int j = 0; j < columns; j++) {
            product += linear.weights()[i * columns + j] * v[j];
          }
          product *= slopes[i] * slopes[i];
          for (int j = 0; j < columns; j++) {
            next[j] += product * linear.weights()[i * columns + j];
          }
        }
      }
      double length = OperatorNorm.frobenius(next);
      if (length == 0) {
        return 0;
      }
      double before = norm;
      norm = Math.sqrt(length);
      for (int j = 0; j < columns; j++) {
        v[j] = next[j] / length;
      }
      if (Math.abs(norm - before) <= PRECISION * norm) {
        break;
      }
    }
    return norm;
  }
}
