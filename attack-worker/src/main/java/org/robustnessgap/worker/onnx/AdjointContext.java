package org.robustnessgap.worker.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.robustnessgap.messages.InvalidInputException;

/** What a rule sees of the node it differentiates, and where it puts what it makes. */
final class AdjointContext {
  private final Differentiator differentiator;
  private final NodeProto node;
  private final Attributes attributes;

  AdjointContext(Differentiator differentiator, NodeProto node) {
    this.differentiator = differentiator;
    this.node = node;
    this.attributes = new Attributes(node);
  }

  Attributes attributes() {
    return attributes;
  }

  String input(int index) {
    return node.getInput(index);
  }

  boolean hasInput(int index) {
    return index < node.getInputCount() && !node.getInput(index).isEmpty();
  }

  String output() {
    return node.getOutput(0);
  }

  /** The gradient with respect to the node's first output. */
  String cotangent() {
    return differentiator.cotangent(output());
  }

  /** Whether the input depends on what is differentiated. */
  boolean active(int index) {
    return hasInput(index) && differentiator.active(input(index));
  }

  long[] shape(String value) {
    return differentiator.shapes().shape(value);
  }

  /** An input that must be a constant for this rule. */
  TensorProto constant(int index, String what) {
    return constantIfAny(index)
        .orElseThrow(
            () ->
                refused(
                    "its " + what + " is not a constant; export the model with constants folded"));
  }

  Optional<TensorProto> constantIfAny(int index) {
    return Optional.ofNullable(differentiator.model().initializers().get(input(index)));
  }

  String emit(String operator, List<String> inputs, AttributeProto... with) {
    return differentiator.builder().emit(operator, inputs, with);
  }

  GraphBuilder builder() {
    return differentiator.builder();
  }

  /** Adds to the gradient of an input; ignored where the input is not active. */
  void contribute(int index, String gradient) {
    if (active(index)) {
      differentiator.contribute(input(index), gradient);
    }
  }

  /** Makes the forward pass also compute the node's output of this index, and returns its name. */
  String additionalOutput(int index) {
    return differentiator.additionalOutput(node, index);
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

  InvalidInputException refused(String why) {
    return new InvalidInputException(
        "Node "
            + describe(node)
            + " of "
            + differentiator.model().name()
            + " cannot be differentiated: "
            + why
            + ".");
  }

  static String describe(NodeProto node) {
    String output = node.getOutputCount() == 0 ? "without output" : node.getOutput(0);
    String name = node.getName().isEmpty() ? output : node.getName();
    return name + " (" + node.getOpType() + ")";
  }
}
