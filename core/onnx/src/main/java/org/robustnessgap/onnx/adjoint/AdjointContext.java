package org.robustnessgap.onnx.adjoint;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.GraphBuilder;
import org.robustnessgap.onnx.graph.NodeContext;
import org.robustnessgap.onnx.graph.Tensors;
import org.robustnessgap.onnx.graph.ValueShapes;

/** What a rule sees of the node it differentiates, and where it puts what it makes. */
final class AdjointContext extends NodeContext {
  private static final long LONGEST_SIDE = 4096;

  private final ReversePass pass;
  private final BitSet read = new BitSet();
  private final BitSet contributed = new BitSet();

  AdjointContext(ReversePass pass, NodeProto node) {
    super(node);
    this.pass = pass;
  }

  String output() {
    return node().getOutput(0);
  }

  /** The gradient with respect to the node's first output. */
  String cotangent() {
    return cotangentIfAny(0)
        .orElseThrow(
            () -> refused("its first output is not used, and there is no gradient of others"));
  }

  /** Whether an operator reads the node's first output, or what hands that on. */
  boolean isReadBy(String operator) {
    return pass.isReadBy(operator, output());
  }

  /** Whether the input depends on what is differentiated. */
  boolean active(int index) {
    return hasInput(index) && pass.active().contains(input(index));
  }

  long[] shape(String value) {
    return pass.shapes().shape(value);
  }

  /** Whether a value is a weight that the model is differentiated with respect to. */
  boolean isVariable(String value) {
    return pass.isVariable(value);
  }

  /** The axes of a value [n, c, …] after the first two, none of which may vary. */
  long[] spatial(String value) {
    long[] shape = shape(value);
    long[] spatial = Arrays.copyOfRange(shape, Math.min(2, shape.length), shape.length);
    if (Arrays.stream(spatial).anyMatch(size -> size == ValueShapes.BATCH)) {
      throw refused("its image size varies with the batch");
    }
    return spatial;
  }

  /** An input that must be a constant for this rule. */
  TensorProto constant(int index, String what) {
    return constantIfAny(index)
        .orElseThrow(
            () ->
                refused(
                    isVariable(input(index))
                        ? "there is no derivative with respect to its " + what
                        : active(index)
                            ? "its " + what + " depends on the image"
                            : "its "
                                + what
                                + " is not a constant; export the model with constants folded"));
  }

  Optional<TensorProto> constantIfAny(int index) {
    return hasInput(index) ? constantIfAny(input(index)) : Optional.empty();
  }

  Optional<TensorProto> constantIfAny(String value) {
    return isVariable(value)
        ? Optional.empty()
        : Optional.ofNullable(pass.model().initializers().get(value));
  }

  /** Whether the node is a step whose gradient is passed straight through. */
  boolean isStepPassed() {
    return pass.active().isStepPassed(output());
  }

  /** The node that computes a value; empty for a constant and the model's input. */
  Optional<NodeProto> producer(String value) {
    return pass.producer(value);
  }

  /** The value that Identity, if anything, hands on as this one. */
  String source(String value) {
    String source = value;
    Optional<NodeProto> producer = producer(value);
    while (producer.isPresent() && producer.get().getOpType().equals("Identity")) {
      source = producer.get().getInput(0);
      producer = producer(source);
    }
    return source;
  }

  /** Whether an operator with weights stands between the model's input and this one. */
  boolean isBehindWeights(int index) {
    return pass.active().isBehindWeights(input(index));
  }

  @Override
  public String emit(String operator, List<String> inputs, AttributeProto... with) {
    return pass.emit(operator, inputs, with);
  }

  @Override
  public GraphBuilder builder() {
    return pass.builder();
  }

  /** Adds to the gradient of an input; ignored where the input is not active. */
  void contribute(int index, String gradient) {
    if (active(index)) {
      pass.contribute(input(index), gradient);
      contributed.set(index);
    }
  }

  /**
   * A rule leaves out inputs that it takes for constants and outputs that are seldom used; if a
   * gradient should flow there, the node is refused rather than half differentiated.
   */
  void requireWhole() {
    for (int index = 0; index < node().getOutputCount(); index++) {
      if (pass.active().contains(node().getOutput(index)) && !read.get(index)) {
        throw refused("its output " + output(index) + " is used");
      }
    }
    for (int index = 0; index < node().getInputCount(); index++) {
      if (active(index) && !contributed.get(index)) {
        throw refused(
            isVariable(input(index))
                ? "there is no derivative with respect to its weight " + input(index)
                : "its input " + input(index) + " depends on the image");
      }
    }
  }

  /** Makes the forward pass also compute the node's output of this index, and returns its name. */
  String additionalOutput(int index) {
    return pass.additionalOutput(node(), index);
  }

  /** The gradient with respect to an output that nothing may read. */
  Optional<String> cotangentIfAny(int output) {
    read.set(output);
    return pass.cotangentIfAny(node().getOutput(output));
  }

  /** The same operator with the same attributes on other inputs. */
  String again(List<String> inputs) {
    return emit(
        node().getOpType(), inputs, node().getAttributeList().toArray(AttributeProto[]::new));
  }

  /** The same operator on other inputs, with one attribute at its default. */
  String againWithout(String attribute, List<String> inputs) {
    return emit(
        node().getOpType(),
        inputs,
        node().getAttributeList().stream()
            .filter(given -> !given.getName().equals(attribute))
            .toArray(AttributeProto[]::new));
  }

  String div(String a, String b) {
    return emit("Div", List.of(a, b));
  }

  String square(String a) {
    return mul(a, a);
  }

  String where(String condition, String then, String otherwise) {
    return emit("Where", List.of(condition, then, otherwise));
  }

  /** Truth values. */
  String compare(String comparison, String a, String b) {
    return emit(comparison, List.of(a, b));
  }

  /** 1 where a truth value is true, else 0. */
  String asNumber(String truth) {
    return emit("Cast", List.of(truth), Attributes.of("to", TensorProto.DataType.FLOAT_VALUE));
  }

  /** 1 where a comparison holds, else 0. */
  String indicator(String comparison, String a, String b) {
    return asNumber(compare(comparison, a, b));
  }

  /** An {@code OnnxMl.TensorProto.DataType} number. */
  int elementType(String value) {
    return pass.shapes().elementType(value);
  }

  /** A number of any type as float32. */
  String asFloat(String value) {
    return elementType(value) == TensorProto.DataType.FLOAT_VALUE
        ? value
        : emit("Cast", List.of(value), Attributes.of("to", TensorProto.DataType.FLOAT_VALUE));
  }

  /** Whether an input is a float32 constant with this one element. */
  boolean isScalar(int index, float value) {
    return constantIfAny(index)
        .filter(tensor -> tensor.getDataType() == TensorProto.DataType.FLOAT_VALUE)
        .map(Tensors::values)
        .filter(values -> values.length == 1 && values[0] == value)
        .isPresent();
  }

  String zerosLike(String value) {
    return emit("ConstantOfShape", List.of(emit("Shape", List.of(value))));
  }

  /** Sums a gradient of the output's shape to that of an input which broadcasting repeated. */
  void contributeBroadcast(int index, String gradient) {
    if (active(index)) {
      contribute(index, unbroadcast(gradient, shape(output()), shape(input(index))));
    }
  }

  /** Reshapes a gradient to the shape of an input. */
  String reshapedLike(String gradient, String value) {
    return emit("Reshape", List.of(gradient, emit("Shape", List.of(value))));
  }

  /** Sums a gradient over the axes along which broadcasting repeated a value. */
  String unbroadcast(String gradient, long[] gradientShape, long[] shape) {
    int extra = gradientShape.length - shape.length;
    List<Long> repeated = new ArrayList<>();
    for (int axis = 0; axis < shape.length; axis++) {
      if (shape[axis] == 1 && gradientShape[axis + extra] != 1) {
        repeated.add((long) axis + extra);
      }
    }
    String sum = gradient;
    if (!repeated.isEmpty()) {
      sum = sum(sum, repeated.stream().mapToLong(Long::longValue).toArray(), 1);
    }
    if (extra > 0) {
      long[] leading = new long[extra];
      Arrays.setAll(leading, axis -> axis);
      sum = sum(sum, leading, 0);
    }
    return sum;
  }

  private String sum(String value, long[] axes, long keep) {
    return emit(
        "ReduceSum", List.of(value, builder().longs(axes)), Attributes.of("keepdims", keep));
  }

  /** An axis for which a rule makes a square matrix. */
  int side(long size) {
    if (size > LONGEST_SIDE) {
      throw refused("its axis of " + size + " elements is longer than " + LONGEST_SIDE);
    }
    return (int) size;
  }

  InvalidInputException refused(String why) {
    return new InvalidInputException(
        "Node "
            + describe(node())
            + " of "
            + pass.model().name()
            + " cannot be differentiated: "
            + why
            + ".");
  }
}
