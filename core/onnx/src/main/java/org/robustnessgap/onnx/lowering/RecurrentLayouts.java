package org.robustnessgap.onnx.lowering;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.GraphBuilder;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.Operator;

/**
 * Puts the time first in what RNN, GRU and LSTM read and write: ONNX Runtime 1.29 does not run
 * those with the batch first (layout 1).
 */
final class RecurrentLayouts {
  private static final Set<String> RECURRENT = Set.of("GRU", "LSTM", "RNN");

  /** Inputs with a row for each image: what is read, and the states. */
  private static final Set<Integer> BATCHED = Set.of(0, 5, 6);

  private static final long[] FIRST_TWO_SWAPPED = {1, 0, 2};

  /** From [steps, directions, n, hidden] to [n, steps, directions, hidden]. */
  private static final long[] BATCH_FIRST = {2, 0, 1, 3};

  private RecurrentLayouts() {}

  /** The same model where there is no such node. */
  static OnnxModel timeFirst(OnnxModel model) {
    if (model.nodes().stream().noneMatch(RecurrentLayouts::isBatchFirst)) {
      return model;
    }
    GraphBuilder builder = new GraphBuilder(model.unusedPrefix("layout/"));
    for (NodeProto node : model.nodes()) {
      if (isBatchFirst(node)) {
        swap(node, builder);
      } else {
        builder.nodes().add(node);
      }
    }
    return model.withNodes(builder.nodes(), builder.constants());
  }

  private static boolean isBatchFirst(NodeProto node) {
    return RECURRENT.contains(node.getOpType())
        && Operator.of(node).isStandard()
        && new Attributes(node).integer("layout", 0) == 1;
  }

  private static void swap(NodeProto node, GraphBuilder builder) {
    NodeProto.Builder timeFirst = node.toBuilder().clearAttribute();
    node.getAttributeList().stream()
        .filter(attribute -> !attribute.getName().equals("layout"))
        .forEach(timeFirst::addAttribute);
    for (int i = 0; i < node.getInputCount(); i++) {
      if (BATCHED.contains(i) && !node.getInput(i).isEmpty()) {
        timeFirst.setInput(
            i,
            builder.emit(
                "Transpose", List.of(node.getInput(i)), Attributes.of("perm", FIRST_TWO_SWAPPED)));
      }
    }
    List<NodeProto> after = new ArrayList<>();
    for (int i = 0; i < node.getOutputCount(); i++) {
      if (!node.getOutput(i).isEmpty()) {
        timeFirst.setOutput(i, builder.fresh("time_first"));
        after.add(
            NodeProto.newBuilder()
                .setOpType("Transpose")
                .addInput(timeFirst.getOutput(i))
                .addOutput(node.getOutput(i))
                .addAttribute(Attributes.of("perm", i == 0 ? BATCH_FIRST : FIRST_TWO_SWAPPED))
                .build());
      }
    }
    builder.nodes().add(timeFirst.build());
    builder.nodes().addAll(after);
  }
}
