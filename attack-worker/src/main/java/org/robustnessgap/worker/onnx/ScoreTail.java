package org.robustnessgap.worker.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.ListIterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Goes back from what a classifier answers through functions that keep the order of its classes, to
 * the scores before the last of those that flatten.
 */
final class ScoreTail {
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
          "Softplus",
          "QuantizeLinear",
          "DequantizeLinear");

  private static final Set<String> AFFINE = Set.of("Add", "Sub", "Mul", "Div");

  private final OnnxModel model;
  private final ValueShapes shapes;
  private final Map<String, NodeProto> producers = new HashMap<>();

  /**
   * @param model with constants folded
   */
  ScoreTail(OnnxModel model, ValueShapes shapes) {
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
  static boolean mayFlatten(OnnxModel model) {
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
  Optional<String> scores() {
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
   * Whether a single number is a sigmoid, moved at most, so that ½ is where the score before it is
   * 0.
   */
  boolean isSigmoid(String scores) {
    String value = model.output().name();
    int sigmoids = 0;
    while (!value.equals(scores)) {
      NodeProto node = producers.get(value);
      boolean moves = KEEPING.contains(node.getOpType()) && isExact(node);
      sigmoids += node.getOpType().equals("Sigmoid") ? 1 : moves ? 0 : 2;
      value = node.getInput(0);
    }
    return sigmoids == 1;
  }

  private static boolean isExact(NodeProto node) {
    return switch (node.getOpType()) {
      case "Identity", "Dropout", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose" -> true;
      case "Cast", "CastLike" -> true;
      default -> false;
    };
  }

  /** What a node of the tail makes its output of; null if it is no such node. */
  private String before(NodeProto node) {
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
          case "Softmax", "LogSoftmax" -> normalisesClasses(x, attributes.integer("axis", -1));
          case "HardSigmoid" -> attributes.real("alpha", 0.2f) > 0;
          case "QuantizeLinear", "DequantizeLinear" -> isPositive(node.getInput(1));
          default -> true;
        };
    return keeps ? x : null;
  }

  /** By one positive number for all classes, plus one number. */
  private String affine(NodeProto node) {
    boolean scales = node.getOpType().equals("Mul") || node.getOpType().equals("Div");
    boolean commutes = node.getOpType().equals("Mul") || node.getOpType().equals("Add");
    String a = node.getInput(0);
    String b = node.getInput(1);
    if (scales ? isPositive(b) : isUniform(b)) {
      return a;
    }
    return commutes && (scales ? isPositive(a) : isUniform(a)) ? b : null;
  }

  private boolean isPositive(String value) {
    return isUniform(value) && Tensors.values(model.initializers().get(value))[0] > 0;
  }

  /** Whether it is a constant, the same number throughout. */
  private boolean isUniform(String value) {
    TensorProto constant = model.initializers().get(value);
    if (constant == null || constant.getDataType() != DataType.FLOAT_VALUE) {
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
    return shape.length > 1 && shape[0] == ValueShapes.BATCH && longer <= 1;
  }
}
