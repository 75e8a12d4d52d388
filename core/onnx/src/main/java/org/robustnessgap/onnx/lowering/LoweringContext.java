package org.robustnessgap.onnx.lowering;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.onnx.graph.GraphBuilder;
import org.robustnessgap.onnx.graph.KnownValues;
import org.robustnessgap.onnx.graph.NodeContext;
import org.robustnessgap.onnx.graph.ValueShapes;

/** What a rule sees of the node it rewrites, and where it puts what it makes. */
final class LoweringContext extends NodeContext {
  private final KnownValues known;
  private final GraphBuilder builder;
  private final StepBudget budget;

  /** By position of the output. */
  private final Map<Integer, String> replacements = new TreeMap<>();

  LoweringContext(KnownValues known, NodeProto node, GraphBuilder builder, StepBudget budget) {
    super(node);
    this.budget = budget;
    this.known = known;
    this.builder = builder;
  }

  /** Version of the standard operators. */
  long opset() {
    return known.opset();
  }

  /** Whether anything reads the output. */
  boolean isUsed(int output) {
    return output < node().getOutputCount() && known.isRead(node().getOutput(output));
  }

  /**
   * The dimensions of a value that the node reads, or computes: {@link ValueShapes#BATCH} where
   * they vary with the batch. A model with a fixed batch shows the size of that.
   */
  long[] shape(String value) {
    return known.shapes().shape(value);
  }

  /** One dimension, counted from the end where negative, that must not vary with the batch. */
  int fixed(String value, int axis, String what) {
    long[] shape = shape(value);
    long size = shape[axis < 0 ? axis + shape.length : axis];
    if (size == ValueShapes.BATCH) {
      throw refused("its " + what + " varies with the batch");
    }
    return Math.toIntExact(size);
  }

  /** An {@code OnnxMl.TensorProto.DataType} number. */
  int elementType(String value) {
    return known.shapes().elementType(value);
  }

  /** An input that must never change. */
  TensorProto constant(int index, String what) {
    return constantIfAny(index)
        .orElseThrow(
            () ->
                refused(
                    "its " + what + " is not a constant; export the model with constants folded"));
  }

  /** An input that is there and never changes. */
  Optional<TensorProto> constantIfAny(int index) {
    return hasInput(index) ? known.constant(input(index)) : Optional.empty();
  }

  /**
   * What an input holds at each of two batch sizes, if it does not depend on the image but for its
   * shape; else empty.
   */
  List<TensorProto> atEachBatch(int index) {
    return hasInput(index) ? known.atEachBatch(input(index)) : List.of();
  }

  @Override
  public GraphBuilder builder() {
    return builder;
  }

  /** The same value, through which no gradient passes. */
  String held(String value) {
    return builder.held(value);
  }

  /**
   * Says that the node is written out as so many steps more.
   *
   * @throws InvalidInputException if the model's steps become too many
   */
  void spend(long steps, long nodes) {
    budget.spend(steps, nodes, why -> refused("it " + why));
  }

  /** States which value takes the place of an output. */
  void replace(int output, String value) {
    replacements.put(output, value);
  }

  InvalidInputException refused(String why) {
    return new InvalidInputException(
        String.format(
            "Node %s of %s cannot be rewritten into operators with a gradient: %s.",
            describe(node()), known.model(), why));
  }

  /** The nodes that stand in place of the node. */
  List<NodeProto> lowered() {
    for (int output = 0; output < node().getOutputCount(); output++) {
      if (isUsed(output) && !replacements.containsKey(output)) {
        throw refused("its output " + node().getOutput(output) + " is used");
      }
    }
    List<NodeProto> nodes = new ArrayList<>(builder.nodes());
    replacements.forEach(
        (output, value) -> {
          if (isUsed(output)) {
            nodes.add(end(value, node().getOutput(output)));
          }
        });
    return nodes;
  }

  private static NodeProto end(String value, String output) {
    return NodeProto.newBuilder().setOpType("Identity").addInput(value).addOutput(output).build();
  }
}
