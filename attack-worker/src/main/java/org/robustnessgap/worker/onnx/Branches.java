package org.robustnessgap.worker.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.robustnessgap.messages.InvalidInputException;

/** Puts in place of each If the branch that it always takes, and of Loop and Scan their steps. */
final class Branches {
  private Branches() {}

  /**
   * @throws InvalidInputException naming a node whose branch or number of steps depends on the
   *     image
   */
  static OnnxModel taken(OnnxModel given, ValueShapes.Probe probe) {
    OnnxModel model = given;
    while (model.nodes().stream().anyMatch(Subgraphs::has)) {
      model =
          model.nodes().stream().anyMatch(Repetitions::is)
              ? Repetitions.unrolled(model, probe)
              : withoutConstantBranches(model, probe);
    }
    return model;
  }

  private static void refuse(OnnxModel model, NodeProto node, String why) {
    throw new InvalidInputException(
        String.format("Node %s of %s %s.", AdjointContext.describe(node), model.name(), why));
  }

  private static OnnxModel withoutConstantBranches(OnnxModel model, ValueShapes.Probe probe) {
    Map<String, TensorProto> known = new HashMap<>(model.initializers());
    known.putAll(OpenBatch.constants(model, probe));
    Map<String, TensorProto> initializers = new LinkedHashMap<>(model.initializers());
    List<NodeProto> nodes = new ArrayList<>();
    for (NodeProto node : model.nodes()) {
      TensorProto condition =
          node.getOpType().equals("If") && node.getInputCount() == 1
              ? known.get(node.getInput(0))
              : null;
      if (condition == null) {
        nodes.add(node);
      } else {
        String branch = Tensors.isZero(condition) ? "else_branch" : "then_branch";
        inline(node, branch(model, node, branch), nodes, initializers);
      }
    }
    if (nodes.equals(model.nodes())) {
      model.nodes().stream()
          .filter(Subgraphs::has)
          .findFirst()
          .ifPresent(
              node -> refuse(model, node, "chooses by the image; export the model without it"));
    }
    return ModelImport.pruned(
        new OnnxModel(
            model.name(), model.opset(), model.inputs(), model.outputs(), nodes, initializers));
  }

  private static GraphProto branch(OnnxModel model, NodeProto node, String name) {
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.getName().equals(name)
          && attribute.getG().getOutputCount() == node.getOutputCount()) {
        return attribute.getG();
      }
    }
    throw new InvalidInputException(
        String.format(
            "Node %s of %s has no %s that fits; export the model anew.",
            AdjointContext.describe(node), model.name(), name));
  }

  /** What the branch computes gets names of its own; it may read any value around it. */
  private static void inline(
      NodeProto node,
      GraphProto branch,
      List<NodeProto> nodes,
      Map<String, TensorProto> initializers) {
    Map<String, String> own = new HashMap<>();
    String prefix = node.getOutput(0) + "/" + branch.getName() + "/";
    for (TensorProto tensor : branch.getInitializerList()) {
      String name = prefix + tensor.getName();
      own.put(tensor.getName(), name);
      initializers.put(name, tensor.toBuilder().setName(name).build());
    }
    for (NodeProto inner : branch.getNodeList()) {
      inner.getOutputList().forEach(value -> own.put(value, prefix + value));
    }
    for (NodeProto inner : branch.getNodeList()) {
      // A name may be that of a value around the branch.
      NodeProto unnamed = inner.toBuilder().clearName().build();
      nodes.add(Subgraphs.renamed(unnamed, name -> own.getOrDefault(name, name)));
    }
    for (int i = 0; i < node.getOutputCount(); i++) {
      String value = branch.getOutput(i).getName();
      nodes.add(
          NodeProto.newBuilder()
              .setOpType("Identity")
              .addInput(own.getOrDefault(value, value))
              .addOutput(node.getOutput(i))
              .build());
    }
  }
}
