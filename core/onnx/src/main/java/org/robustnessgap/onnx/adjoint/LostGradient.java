package org.robustnessgap.onnx.adjoint;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.onnx.graph.HeldValues;
import org.robustnessgap.onnx.graph.NodeContext;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.Subgraphs;
import org.robustnessgap.onnx.graph.ValueShapes;

/** Why no gradient leads from the output of a model to its input. */
final class LostGradient {
  /** Their output does not depend on what the values are. */
  private static final Set<String> MEASURES = Set.of("Shape", "Size");

  private LostGradient() {}

  /** What the user is told of it. */
  static InvalidInputException in(OnnxModel model, ValueShapes shapes) {
    String x = model.input().name();
    Set<String> reached = new HashSet<>(Set.of(x));
    NodeProto first = null;
    for (NodeProto node : model.nodes()) {
      if (!HeldValues.isHeldBy(node)
          && !MEASURES.contains(node.getOpType())
          && Subgraphs.reads(node).stream().anyMatch(reached::contains)) {
        reached.addAll(node.getOutputList());
        if (first == null && node.getOutputList().stream().noneMatch(shapes::isFloating)) {
          first = node;
        }
      }
    }
    return new InvalidInputException(
        Optional.ofNullable(first)
            .filter(node -> reached.contains(model.output().name()))
            .map(
                node ->
                    String.format(
                        "%s depends on its input %s only through whole numbers or truth values, from %s on, and these have no gradient; nothing can be attacked. %s.",
                        model.name(), x, NodeContext.describe(node), remedy(node)))
            .orElseGet(
                () ->
                    String.format(
                        "The output %s of %s does not depend on its input %s; nothing can be attacked.",
                        model.output().name(), model.name(), x)));
  }

  private static String remedy(NodeProto first) {
    return first.getOpType().equals("ArgMax")
        ? "Export the scores before it, one number for each class, not the label"
        : "Measure the part of it that takes real numbers";
  }
}
