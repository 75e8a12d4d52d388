package org.robustnessgap.onnx.scores;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.robustnessgap.onnx.graph.GraphBuilder;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.Tensors;
import org.robustnessgap.onnx.graph.ValueShapes;

/**
 * The logarithm of a value that a model makes of softmaxes, sigmoids and exponentials by products,
 * sums and moves, computed without them: log softmax instead of the logarithm of a softmax, sums of
 * logarithms for products, log Σ exp for sums. It tells apart what float32 rounds to 0 or 1.
 */
public final class LogProbabilities {
  /** They take logarithms as they take what these are of. */
  private static final Set<String> MOVES =
      Set.of(
          "Identity",
          "Dropout",
          "Cast",
          "Reshape",
          "Flatten",
          "Squeeze",
          "Unsqueeze",
          "Transpose",
          "Slice",
          "Gather",
          "Expand",
          "Concat",
          "Max",
          "Min",
          "ReduceMax",
          "ReduceMin",
          "GlobalMaxPool",
          "MaxPool");

  private static final Set<String> OTHERS =
      Set.of(
          "Softmax",
          "Sigmoid",
          "Exp",
          "Mul",
          "Div",
          "Add",
          "Sub",
          "Sum",
          "Mean",
          "Sqrt",
          "Pow",
          "ReduceSum",
          "ReduceMean",
          "ReduceProd");

  /** Keeps the logarithm of what is left of 1 finite. */
  private static final float LEAST = Float.MIN_NORMAL;

  private final OnnxModel model;
  private final ValueShapes shapes;
  private final GraphBuilder builder;
  private final Map<String, NodeProto> producers = new HashMap<>();
  private final Map<String, Optional<String>> known = new HashMap<>();
  private boolean foundProbability;

  /**
   * @param model with constants folded
   * @param builder takes the nodes
   */
  public LogProbabilities(OnnxModel model, ValueShapes shapes, GraphBuilder builder) {
    this.model = model;
    this.shapes = shapes;
    this.builder = builder;
    for (NodeProto node : model.nodes()) {
      node.getOutputList().forEach(output -> producers.put(output, node));
    }
  }

  static boolean covers(String operator) {
    return MOVES.contains(operator) || OTHERS.contains(operator);
  }

  /** log p of a value p; empty if it is not made so. */
  public Optional<String> of(String value) {
    Optional<String> log = log(value);
    return foundProbability ? log : Optional.empty();
  }

  /** log (1 − p); empty likewise. */
  public Optional<String> ofComplement(String value) {
    Optional<String> log = complement(value);
    return foundProbability ? log : Optional.empty();
  }

  private Optional<String> log(String value) {
    if (!known.containsKey(value)) {
      // A value that is read twice is worked out once.
      known.put(value, computed(value));
    }
    return known.get(value);
  }

  private Optional<String> computed(String value) {
    TensorProto constant = model.initializers().get(value);
    if (constant != null) {
      return logOfConstant(constant);
    }
    NodeProto node = producers.get(value);
    if (node == null || !node.getDomain().isEmpty() || !node.getOutput(0).equals(value)) {
      return Optional.empty();
    }
    return MOVES.contains(node.getOpType()) ? moved(node) : combined(node);
  }

  private Optional<String> logOfConstant(TensorProto constant) {
    if (constant.getDataType() != DataType.FLOAT_VALUE) {
      return Optional.empty();
    }
    float[] values = Tensors.values(constant);
    for (int i = 0; i < values.length; i++) {
      if (!(values[i] > 0)) {
        return Optional.empty();
      }
      values[i] = (float) Math.log(values[i]);
    }
    return Optional.of(builder.floats(values, Tensors.shape(constant)));
  }

  private Optional<String> moved(NodeProto node) {
    boolean allAreNumbers = Set.of("Concat", "Max", "Min").contains(node.getOpType());
    List<String> inputs = new ArrayList<>(node.getInputList());
    for (int i = 0; i < (allAreNumbers ? inputs.size() : 1); i++) {
      Optional<String> log = log(inputs.get(i));
      if (log.isEmpty()) {
        return Optional.empty();
      }
      inputs.set(i, log.get());
    }
    return Optional.of(again(node.getOpType(), inputs, node));
  }

  private Optional<String> combined(NodeProto node) {
    return switch (node.getOpType()) {
      case "Softmax" -> probability(again("LogSoftmax", List.of(node.getInput(0)), node));
      case "Sigmoid" -> probability(logSigmoid(node.getInput(0)));
      case "Exp" -> probability(node.getInput(0));
      case "Mul" -> binary("Add", node);
      case "Div" -> binary("Sub", node);
      case "Add", "Sum" -> logSum(node, 1);
      case "Mean" -> logSum(node, node.getInputCount());
      case "Sub" -> isOne(node.getInput(0)) ? complement(node.getInput(1)) : Optional.empty();
      case "Sqrt" -> log(node.getInput(0)).map(log -> times(log, 0.5f));
      case "Pow" -> power(node);
      case "ReduceSum" -> reduced("ReduceLogSumExp", node);
      case "ReduceMean" -> mean(node);
      case "ReduceProd" -> reduced("ReduceSum", node);
      default -> Optional.empty();
    };
  }

  private Optional<String> probability(String log) {
    foundProbability = true;
    return Optional.of(log);
  }

  /** log σ(x) = −softplus(−x). */
  private String logSigmoid(String x) {
    return negative(builder.emit("Softplus", List.of(negative(x))));
  }

  private Optional<String> complement(String value) {
    NodeProto node = producers.get(value);
    if (node != null && node.getOpType().equals("Sigmoid")) {
      // 1 − σ(x) = σ(−x).
      return probability(negative(builder.emit("Softplus", List.of(node.getInput(0)))));
    }
    if (node != null && node.getOpType().equals("Sub") && isOne(node.getInput(0))) {
      return log(node.getInput(1));
    }
    if (node != null && MOVES.contains(node.getOpType()) && node.getInputCount() == 1) {
      return complement(node.getInput(0)).map(log -> again(node.getOpType(), List.of(log), node));
    }
    return log(value)
        .map(
            log -> {
              String rest =
                  builder.emit(
                      "Sub", List.of(builder.scalar(1), builder.emit("Exp", List.of(log))));
              return builder.emit(
                  "Log", List.of(builder.emit("Max", List.of(rest, builder.scalar(LEAST)))));
            });
  }

  private Optional<String> binary(String operator, NodeProto node) {
    Optional<String> a = log(node.getInput(0));
    Optional<String> b = a.isEmpty() ? a : log(node.getInput(1));
    return b.map(log -> builder.emit(operator, List.of(a.get(), log)));
  }

  /** log (Σ eᵃ / divisor), with the largest a taken out of the sum. */
  private Optional<String> logSum(NodeProto node, int divisor) {
    List<String> logs = new ArrayList<>();
    for (String input : node.getInputList()) {
      Optional<String> log = log(input);
      if (log.isEmpty()) {
        return log;
      }
      logs.add(log.get());
    }
    String largest = builder.emit("Max", logs);
    List<String> shares =
        logs.stream()
            .map(log -> builder.emit("Exp", List.of(builder.emit("Sub", List.of(log, largest)))))
            .toList();
    String sum = builder.emit("Log", List.of(builder.emit("Sum", shares)));
    String offset = builder.scalar((float) -Math.log(divisor));
    return Optional.of(builder.emit("Sum", List.of(largest, sum, offset)));
  }

  private Optional<String> power(NodeProto node) {
    TensorProto exponent = model.initializers().get(node.getInput(1));
    if (exponent == null
        || exponent.getDataType() != DataType.FLOAT_VALUE
        || Tensors.values(exponent).length != 1
        || Tensors.values(exponent)[0] <= 0) {
      return Optional.empty();
    }
    return log(node.getInput(0)).map(log -> times(log, Tensors.values(exponent)[0]));
  }

  private Optional<String> reduced(String operator, NodeProto node) {
    return log(node.getInput(0))
        .map(
            log -> {
              List<String> inputs = new ArrayList<>(node.getInputList());
              inputs.set(0, log);
              return again(operator, inputs, node);
            });
  }

  private Optional<String> mean(NodeProto node) {
    long all = product(shapes.shapeAtSmallBatch(node.getInput(0)));
    long kept = product(shapes.shapeAtSmallBatch(node.getOutput(0)));
    String offset = builder.scalar((float) -Math.log((double) all / kept));
    return reduced("ReduceLogSumExp", node).map(sum -> builder.emit("Add", List.of(sum, offset)));
  }

  private static long product(long[] shape) {
    return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
  }

  private boolean isOne(String value) {
    TensorProto constant = model.initializers().get(value);
    if (constant == null || constant.getDataType() != DataType.FLOAT_VALUE) {
      return false;
    }
    for (float element : Tensors.values(constant)) {
      if (element != 1) {
        return false;
      }
    }
    return true;
  }

  private String times(String log, float factor) {
    return builder.emit("Mul", List.of(log, builder.scalar(factor)));
  }

  private String negative(String value) {
    return builder.emit("Neg", List.of(value));
  }

  private String again(String operator, List<String> inputs, NodeProto node) {
    String output = builder.fresh(operator);
    builder
        .nodes()
        .add(
            node.toBuilder()
                .setOpType(operator)
                .setName(output)
                .clearInput()
                .addAllInput(inputs)
                .clearOutput()
                .addOutput(output)
                .build());
    return output;
  }
}
