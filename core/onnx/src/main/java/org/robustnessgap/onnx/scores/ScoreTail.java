package org.robustnessgap.onnx.scores;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.ListIterator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.Tensors;
import org.robustnessgap.onnx.graph.ValueShapes;

/**
 * Goes back from what a classifier answers through functions that keep the order of its classes, to
 * the scores before the last of those that flatten.
 */
public final class ScoreTail {
  /** They keep the order but flatten: what comes before them is easier to search. */
  private static final Set<String> FLATTENING =
      Set.of("Softmax", "Sigmoid", "Tanh", "HardSigmoid", "Softsign", "Erf", "Atan", "Exp");

  /** They move elements, keep their order or round it. */
  private static final Set<String> KEEPING =
      Set.of(
          "Identity",
          "Dropout",
          "Cast",
          "CastLike",
          "Reshape",
          "Flatten",
          "Squeeze",
          "Unsqueeze",
          "Transpose",
          "Clip",
          "Round",
          "Floor",
          "Ceil",
          "Log",
          "Sqrt",
          "LogSoftmax",
          "LpNormalization",
          "Softplus",
          "QuantizeLinear",
          "DequantizeLinear");

  private static final Set<String> AFFINE = Set.of("Add", "Sub", "Mul", "Div");

  /** They flatten and are odd, so they are above 0 where what comes before them is. */
  private static final Set<String> ODD = Set.of("Tanh", "Softsign", "Erf", "Atan");

  private static final Set<String> NEVER_NEGATIVE =
      Set.of("Abs", "Exp", "ReduceL1", "ReduceL2", "ReduceSumSquare", "Relu", "Sigmoid", "Softmax");

  /** Never negative where nothing that they take is. */
  private static final Set<String> OF_SUCH =
      Set.of(
          "Add",
          "Div",
          "Flatten",
          "Identity",
          "Max",
          "Mul",
          "ReduceMax",
          "ReduceMean",
          "ReduceMin",
          "ReduceSum",
          "Reshape",
          "Sum",
          "Where");

  private final OnnxModel model;
  private final ValueShapes shapes;
  private final Map<String, NodeProto> producers = new HashMap<>();

  /**
   * @param model with constants folded
   */
  public ScoreTail(OnnxModel model, ValueShapes shapes) {
    this.model = model;
    this.shapes = shapes;
    for (NodeProto node : model.nodes()) {
      node.getOutputList().forEach(output -> producers.put(output, node));
    }
  }

  /**
   * Whether a flattening function can be reached from what a model answers; cheap, and says yes too
   * often.
   */
  public static boolean mayFlatten(OnnxModel model) {
    Set<String> reached = new HashSet<>(Set.of(model.output().name()));
    ListIterator<NodeProto> backwards = model.nodes().listIterator(model.nodes().size());
    while (backwards.hasPrevious()) {
      NodeProto node = backwards.previous();
      if (node.getOutputList().stream().anyMatch(reached::contains)) {
        String operator = node.getOpType();
        if (FLATTENING.contains(operator)) {
          return true;
        }
        if (KEEPING.contains(operator)
            || AFFINE.contains(operator)
            || LogProbabilities.covers(operator)) {
          reached.addAll(node.getInputList());
        }
      }
    }
    return false;
  }

  /** The scores before the last flattening function; empty if there is none. */
  public Optional<String> scores() {
    String value = model.output().name();
    String found = null;
    NodeProto node = producers.get(value);
    while (node != null && isVector(value)) {
      String before = before(node);
      if (before == null || !isVector(before)) {
        break;
      }
      if (FLATTENING.contains(node.getOpType())) {
        found = before;
      }
      value = before;
      node = producers.get(value);
    }
    return Optional.ofNullable(found);
  }

  /**
   * Of a single number that is a sigmoid of the score before it, or odd functions of it, and moved
   * at most: what it is above where that score is above 0.
   *
   * @return ½ or 0; empty where other functions stand between
   */
  public Optional<Float> threshold(String scores) {
    String value = model.output().name();
    int sigmoids = 0;
    while (!value.equals(scores)) {
      NodeProto node = Objects.requireNonNull(producers.get(value));
      boolean isSigmoid = node.getOpType().equals("Sigmoid");
      boolean keepsZero = ODD.contains(node.getOpType()) && sigmoids == 0;
      boolean moves = KEEPING.contains(node.getOpType()) && isExact(node);
      if (!isSigmoid && !keepsZero && !moves) {
        return Optional.empty();
      }
      sigmoids += isSigmoid ? 1 : 0;
      value = node.getInput(0);
    }
    return sigmoids > 1 ? Optional.empty() : Optional.of(sigmoids == 1 ? 0.5f : 0f);
  }

  private static boolean isExact(NodeProto node) {
    return switch (node.getOpType()) {
      case "Identity", "Dropout", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose" -> true;
      case "Cast", "CastLike" -> true;
      default -> false;
    };
  }

  /** What a node of the tail makes its output of; null if it is no such node. */
  private @Nullable String before(NodeProto node) {
    String operator = node.getOpType();
    if (!node.getDomain().isEmpty() && !node.getDomain().equals("ai.onnx")) {
      return null;
    }
    if (AFFINE.contains(operator)) {
      return affine(node);
    }
    if (!FLATTENING.contains(operator) && !KEEPING.contains(operator)) {
      return null;
    }
    Attributes attributes = new Attributes(node);
    String x = node.getInput(0);
    boolean keeps =
        switch (operator) {
          case "Softmax", "LogSoftmax", "LpNormalization" ->
              normalisesClasses(x, attributes.integer("axis", -1));
          case "HardSigmoid" -> attributes.real("alpha", 0.2f) > 0;
          case "QuantizeLinear", "DequantizeLinear" -> isPositive(node.getInput(1));
          default -> true;
        };
    return keeps ? x : null;
  }

  /** By one positive number for all classes of an image, plus one number; null if by others. */
  private @Nullable String affine(NodeProto node) {
    boolean scales = node.getOpType().equals("Mul") || node.getOpType().equals("Div");
    boolean commutes = node.getOpType().equals("Mul") || node.getOpType().equals("Add");
    String a = node.getInput(0);
    String b = node.getInput(1);
    if (scales ? isScale(b) : isShift(b)) {
      return a;
    }
    return commutes && (scales ? isScale(a) : isShift(a)) ? b : null;
  }

  private boolean isScale(String value) {
    return isPositive(value) || isOneOfAnImage(value) && isNeverNegative(value);
  }

  private boolean isShift(String value) {
    return isUniform(value) || isOneOfAnImage(value);
  }

  private boolean isOneOfAnImage(String value) {
    if (!producers.containsKey(value)) {
      return false;
    }
    long[] shape = shapes.shape(value);
    return shape.length > 1
        && shape[0] == ValueShapes.BATCH
        && Arrays.stream(shape).skip(1).allMatch(size -> size == 1);
  }

  private boolean isNeverNegative(String value) {
    TensorProto constant = model.initializers().get(value);
    if (constant != null) {
      return isUniform(constant) && Tensors.values(constant)[0] >= 0;
    }
    NodeProto node = producers.get(value);
    if (node == null || NEVER_NEGATIVE.contains(node.getOpType())) {
      return node != null;
    }
    List<String> inputs = node.getInputList();
    List<String> counting =
        switch (node.getOpType()) {
          case "Where" -> inputs.subList(1, inputs.size());
          case "Add", "Div", "Max", "Mul", "Sum" -> inputs;
          default -> inputs.subList(0, Math.min(1, inputs.size()));
        };
    return OF_SUCH.contains(node.getOpType()) && counting.stream().allMatch(this::isNeverNegative);
  }

  private boolean isPositive(String value) {
    TensorProto constant = model.initializers().get(value);
    return constant != null && isUniform(constant) && Tensors.values(constant)[0] > 0;
  }

  /** Whether it is a constant, the same number throughout. */
  private boolean isUniform(String value) {
    TensorProto constant = model.initializers().get(value);
    return constant != null && isUniform(constant);
  }

  private static boolean isUniform(TensorProto constant) {
    if (constant.getDataType() != DataType.FLOAT_VALUE) {
      return false;
    }
    float[] values = Tensors.values(constant);
    for (float element : values) {
      if (element != values[0]) {
        return false;
      }
    }
    return values.length > 0;
  }

  private boolean normalisesClasses(String value, long axis) {
    long[] shape = shapes.shape(value);
    int along = (int) (axis < 0 ? axis + shape.length : axis);
    return along > 0 && along < shape.length && shape[along] > 1;
  }

  /** Whether a row has one axis alone that is longer than 1, so that moves keep its order. */
  private boolean isVector(String value) {
    long[] shape = shapes.shape(value);
    int longer = 0;
    for (int axis = 1; axis < shape.length; axis++) {
      longer += shape[axis] == 1 ? 0 : 1;
    }
    return shape.length > 0 && shape[0] == ValueShapes.BATCH && longer <= 1;
  }
}
