package org.robustnessgap.certificate;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.ValueShapes;

/**
 * An ℓ2 Lipschitz constant of every value of a model with respect to its input, by the product of
 * operator norms along the graph: branches add, and so do residual connections. Never below the
 * smallest constant, and usually far above it. Immutable.
 */
public final class LipschitzGraph {
  private static final Set<String> MANY_OPERANDS =
      Set.of("Add", "Sub", "Sum", "Mul", "Div", "Max", "Min", "Concat");

  private final Values values;
  private final Map<String, Double> constants = new HashMap<>();

  private LipschitzGraph(Values values) {
    this.values = values;
    constants.put(values.model().input().name(), 1.0);
    for (NodeProto node : values.model().nodes()) {
      if (node.getOutputList().stream().anyMatch(values::dependent)) {
        double constant = of(node);
        node.getOutputList().forEach(output -> constants.put(output, constant));
      }
    }
  }

  /**
   * Walks the graph once; a large convolution takes seconds.
   *
   * @param probe runs the model, to learn shapes
   * @throws InvalidInputException naming the first node that has no bound
   */
  public static LipschitzGraph of(OnnxModel model, ValueShapes.Probe probe) {
    return new LipschitzGraph(new Values(model, probe));
  }

  static LipschitzGraph of(Values values) {
    return new LipschitzGraph(values);
  }

  /** Λ with ‖f(x) − f(x′)‖₂ ≤ Λ‖x − x′‖₂ for the output of the model, over one sample each. */
  public double constant() {
    return constant(values.model().output().name());
  }

  /** The same for any of its values; 0 for one that the input does not change. */
  double constant(String value) {
    return constants.getOrDefault(value, 0.0);
  }

  private double of(NodeProto node) {
    Attributes attributes = new Attributes(node);
    requireOneOperand(node);
    requireSamplesApart(node);
    if (attributes.integer("training_mode", 0) != 0) {
      throw refused(node, "it is in training mode");
    }
    double x = constant(node.getInput(0));
    return switch (node.getOpType()) {
      case "Relu",
          "Identity",
          "Flatten",
          "Reshape",
          "Transpose",
          "Squeeze",
          "Unsqueeze",
          "Dropout",
          "Clip",
          "Tanh",
          "Abs",
          "Neg",
          "Softplus",
          "Softsign",
          "Split",
          "Slice",
          "GlobalMaxPool",
          "ReduceMax" ->
          x;
      case "Sigmoid" -> x / 4;
      // The Jacobian diag(p) − pp' has no row of absolute sum above 2p(1 − p).
      case "Softmax" -> x / 2;
      case "LeakyRelu" -> x * Math.max(1, Math.abs(attributes.real("alpha", 0.01f)));
      case "Elu" -> x * Math.max(1, Math.abs(attributes.real("alpha", 1)));
      case "HardSigmoid" -> x * Math.abs(attributes.real("alpha", 0.2f));
      case "Conv" -> x * norm(convolution(node), values.spatial(node.getOutput(0)));
      case "ConvTranspose" -> x * norm(convolution(node), values.spatial(node.getInput(0)));
      case "BatchNormalization" -> batchNormalization(node);
      case "Gemm", "MatMul" -> x * linear(node).norm();
      case "Add", "Sub", "Sum" ->
          node.getInputList().stream().mapToDouble(v -> spread(v, node)).sum();
      case "Max", "Min", "Concat" ->
          Math.sqrt(
              node.getInputList().stream()
                  .mapToDouble(
                      v -> node.getOpType().equals("Concat") ? constant(v) : spread(v, node))
                  .map(c -> c * c)
                  .sum());
      case "Mul" -> multiplied(node);
      case "Div" -> divided(node);
      case "MaxPool" -> x * Math.sqrt(overlap(attributes));
      case "AveragePool" -> x * averagePool(node, attributes);
      // The mean of n numbers is 1/√n times the product with a unit vector.
      case "GlobalAveragePool", "ReduceMean" ->
          x / Math.sqrt(values.size(node.getInput(0)) / values.size(node.getOutput(0)));
      case "ReduceSum" ->
          x * Math.sqrt(values.size(node.getInput(0)) / values.size(node.getOutput(0)));
      default -> throw refused(node, "no Lipschitz constant of this operator is known");
    };
  }

  /** Most operators are bounded as maps of their first input alone. */
  private void requireOneOperand(NodeProto node) {
    if (!MANY_OPERANDS.contains(node.getOpType())
        && node.getInputList().stream().skip(1).anyMatch(values::dependent)) {
      throw refused(node, "an input other than its first depends on the model's input");
    }
  }

  /** Sizes are counted for one sample. */
  private void requireSamplesApart(NodeProto node) {
    for (String output : node.getOutputList()) {
      if (!output.isEmpty()) {
        long[] shape = values.shape(output);
        if (shape.length == 0
            || shape[0] >= 0
            || Arrays.stream(shape).skip(1).anyMatch(dimension -> dimension < 0)) {
          throw refused(node, "its output does not have the samples along its first axis");
        }
      }
    }
  }

  /** The constant of an operand, which broadcasting may repeat. */
  private double spread(String value, NodeProto node) {
    return values.dependent(value)
        ? constant(value) * Math.sqrt(values.size(node.getOutput(0)) / values.size(value))
        : 0;
  }

  private double multiplied(NodeProto node) {
    String a = node.getInput(0);
    String b = node.getInput(1);
    String factor = values.dependent(a) ? b : a;
    return spread(values.dependent(a) ? a : b, node) * largest(node, factor, value -> value);
  }

  private double divided(NodeProto node) {
    return spread(node.getInput(0), node) * largest(node, node.getInput(1), value -> 1 / value);
  }

  private double largest(NodeProto node, String constant, DoubleUnaryOperator of) {
    double[] factors =
        values
            .constant(constant)
            .orElseThrow(() -> refused(node, "both of its operands depend on the input"));
    return Arrays.stream(factors).map(of).map(Math::abs).max().orElse(0);
  }

  private Linear linear(NodeProto node) {
    return Linear.of(node, values)
        .orElseThrow(() -> refused(node, "it is no product of a row with a constant matrix"));
  }

  /**
   * γ/√(σ² + ε) of each channel, joined with the convolution before it where nothing else reads
   * that.
   */
  private double batchNormalization(NodeProto node) {
    double epsilon = new Attributes(node).real("epsilon", 1e-5f);
    double[] scale = weights(node, 1);
    double[] variance = weights(node, 4);
    double[] factors = new double[scale.length];
    Arrays.setAll(factors, i -> scale[i] / Math.sqrt(variance[i] + epsilon));
    Optional<NodeProto> before =
        values.producer(node.getInput(0)).filter(p -> values.hasOneReader(p.getOutput(0)));
    if (before.isPresent() && before.get().getOpType().equals("Conv")) {
      NodeProto conv = before.get();
      return constant(conv.getInput(0))
          * norm(convolution(conv).withScaledOutputs(factors), values.spatial(conv.getOutput(0)));
    }
    if (before.isPresent() && before.get().getOpType().equals("ConvTranspose")) {
      // As the transpose of a convolution, whose inputs are its outputs.
      String convolved = before.get().getInput(0);
      return constant(convolved)
          * norm(convolution(before.get()).withScaledInputs(factors), values.spatial(convolved));
    }
    return constant(node.getInput(0)) * Arrays.stream(factors).map(Math::abs).max().orElse(0);
  }

  /**
   * @param windows how many windows the convolution, or the one whose transpose it is, has along
   *     each axis
   */
  private static double norm(Convolution convolution, int[] windows) {
    return Arrays.stream(windows).allMatch(count -> count == 1)
        ? convolution.normOfOneWindow()
        : convolution.norm();
  }

  private Convolution convolution(NodeProto node) {
    Attributes attributes = new Attributes(node);
    double[] weights = weights(node, 1);
    int[] shape =
        Arrays.stream(values.shape(node.getInput(1))).mapToInt(Math::toIntExact).toArray();
    if (shape.length < 3 || shape.length > 4) {
      throw refused(node, "only images of one or two dimensions are covered");
    }
    // One dimension is two of which one has a single element.
    int axes = shape.length - 2;
    int group = Math.toIntExact(attributes.integer("group", 1));
    return new Convolution(
        weights,
        shape[0],
        shape[1] * group,
        axes == 1 ? 1 : shape[2],
        shape[shape.length - 1],
        twoAxes(attributes.integers("strides", axes, 1)),
        twoAxes(attributes.integers("dilations", axes, 1)),
        group);
  }

  private static int[] twoAxes(long[] values) {
    return values.length == 1
        ? new int[] {1, (int) values[0]}
        : new int[] {(int) values[0], (int) values[1]};
  }

  private double[] weights(NodeProto node, int input) {
    return values
        .constant(node.getInput(input))
        .orElseThrow(() -> refused(node, "its weights depend on the input"));
  }

  /** In how many windows an element lies at most. */
  private static double overlap(Attributes attributes) {
    int axes = attributes.integers("kernel_shape", 0, 1).length;
    long[] kernel = attributes.integers("kernel_shape", axes, 1);
    long[] strides = attributes.integers("strides", axes, 1);
    long[] dilations = attributes.integers("dilations", axes, 1);
    double windows = 1;
    for (int axis = 0; axis < axes; axis++) {
      long period = strides[axis] / gcd(strides[axis], dilations[axis]);
      windows *= (kernel[axis] + period - 1) / period;
    }
    return windows;
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  /**
   * √(‖A‖₁‖A‖∞) of the averaging: every row sums to 1 at most; a column to its element's shares in
   * the windows that see it.
   */
  private double averagePool(NodeProto node, Attributes attributes) {
    if (!attributes.text("auto_pad", "NOTSET").equals("NOTSET")) {
      throw refused(node, "its padding is not explicit");
    }
    int[] input = values.spatial(node.getInput(0));
    int[] output = values.spatial(node.getOutput(0));
    long[] kernel = attributes.integers("kernel_shape", input.length, 1);
    long[] strides = attributes.integers("strides", input.length, 1);
    long[] dilations = attributes.integers("dilations", input.length, 1);
    long[] pads = attributes.integers("pads", 2 * input.length, 0);
    boolean countsPads = attributes.integer("count_include_pad", 0) != 0;
    double column = 1;
    for (int axis = 0; axis < input.length; axis++) {
      double[] shares = new double[input[axis]];
      long end = input[axis] + (countsPads ? pads[axis + input.length] : 0);
      long begin = countsPads ? -pads[axis] : 0;
      for (int window = 0; window < output[axis]; window++) {
        long first = window * strides[axis] - pads[axis];
        int counted = 0;
        for (int tap = 0; tap < kernel[axis]; tap++) {
          long at = first + tap * dilations[axis];
          counted += begin <= at && at < end ? 1 : 0;
        }
        for (int tap = 0; tap < kernel[axis]; tap++) {
          long at = first + tap * dilations[axis];
          if (0 <= at && at < input[axis]) {
            shares[(int) at] += 1.0 / counted;
          }
        }
      }
      column *= Arrays.stream(shares).max().orElse(0);
    }
    return Math.sqrt(column);
  }

  private InvalidInputException refused(NodeProto node, String why) {
    return new InvalidInputException(
        String.format(
            "%s has no certified bound: node %s: %s.",
            values.model().name(), Values.describe(node), why));
  }
}
