package org.robustnessgap.worker.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.robustnessgap.messages.InvalidInputException;

/**
 * Brings a model to operator set {@link OnnxModel#OPSET}, so that the rest of the package knows
 * only one.
 */
final class OperatorSets {
  private static final long OLDEST = 13;

  /** Operators whose axes were an attribute before version 18. */
  private static final Set<String> REDUCTIONS =
      Set.of(
          "ReduceMean",
          "ReduceMax",
          "ReduceMin",
          "ReduceProd",
          "ReduceL1",
          "ReduceL2",
          "ReduceLogSum",
          "ReduceLogSumExp",
          "ReduceSumSquare");

  private OperatorSets() {}

  static OnnxModel upgrade(OnnxModel model) {
    if (model.opset() < OLDEST) {
      throw new InvalidInputException(
          String.format(
              "%s uses operator set %d; export it with opset_version=%d or newer.",
              model.name(), model.opset(), OLDEST));
    }
    if (model.opset() >= OnnxModel.OPSET) {
      return model;
    }
    Map<String, TensorProto> initializers = new LinkedHashMap<>(model.initializers());
    List<NodeProto> nodes = new ArrayList<>();
    for (NodeProto node : model.nodes()) {
      nodes.add(upgrade(node, initializers));
    }
    return new OnnxModel(
        model.name(), OnnxModel.OPSET, model.inputs(), model.outputs(), nodes, initializers);
  }

  private static NodeProto upgrade(NodeProto node, Map<String, TensorProto> initializers) {
    if (REDUCTIONS.contains(node.getOpType())) {
      Attributes attributes = new Attributes(node);
      NodeProto.Builder upgraded = node.toBuilder().clearAttribute();
      upgraded.addAttribute(Attributes.of("keepdims", attributes.integer("keepdims", 1)));
      if (attributes.has("axes")) {
        String axes = node.getOutput(0) + "/axes";
        initializers.put(axes, Tensors.longs(axes, attributes.integers("axes", 0, 0)));
        upgraded.addInput(axes);
      }
      return upgraded.build();
    }
    if (node.getOpType().equals("Split") && node.getInputCount() == 1) {
      return node.toBuilder()
          .addAttribute(Attributes.of("num_outputs", node.getOutputCount()))
          .build();
    }
    return node;
  }
}
