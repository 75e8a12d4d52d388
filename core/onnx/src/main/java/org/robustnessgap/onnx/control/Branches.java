package org.robustnessgap.onnx.control;

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
import org.robustnessgap.onnx.graph.KnownValues;
import org.robustnessgap.onnx.graph.NodeContext;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.Subgraphs;
import org.robustnessgap.onnx.graph.Tensors;
import org.robustnessgap.onnx.graph.ValueShapes;
import org.robustnessgap.onnx.lowering.Lowering;
import org.robustnessgap.onnx.lowering.StepBudget;

/** Puts in place of each If the branch that it always takes, and of Loop and Scan their steps. */
public final class Branches {
  private Branches() {}

  /**
   * Nothing within a graph is run before it is known how often. What comes of loops is believed
   * only if it computes for random rows what the model does.
   *
   * @param budget of the nodes that steps are written out to
   * @throws InvalidInputException naming a node whose branch or number of steps depends on the
   *     image, or is too large
   */
  public static OnnxModel taken(OnnxModel given, StepBudget budget, ValueShapes.Probe probe) {
    boolean repeats = given.nodes().stream().anyMatch(Branches::repeats);
    OnnxModel model = given;
    while (model.nodes().stream().anyMatch(Subgraphs::has)) {
      OnnxModel chosen = withoutConstantBranches(model, probe);
      // Where the file itself runs in the end, no loop in it may be dropped before it is counted.
      OnnxModel next = Repetitions.unrolled(repeats ? chosen : chosen.pruned(), budget, probe);
      if (next.nodes().equals(model.nodes())) {
        throw refused(
            model, firstWithGraph(model), "holds a graph that nothing runs; export it without");
      }
      model = next;
    }
    if (repeats) {
      model = model.pruned();
      Lowering.requireSame(given, model, Subgraphs::has, probe);
    }
    return model;
  }

  private static boolean repeats(NodeProto node) {
    return Repetitions.is(node)
        || Subgraphs.of(node)
            .flatMap(graph -> graph.getNodeList().stream())
            .anyMatch(Branches::repeats);
  }

  private static NodeProto firstWithGraph(OnnxModel model) {
    return model.nodes().stream().filter(Subgraphs::has).findFirst().orElseThrow();
  }

  private static InvalidInputException refused(OnnxModel model, NodeProto node, String why) {
    return new InvalidInputException(
        String.format("Node %s of %s %s.", NodeContext.describe(node), model.name(), why));
  }

  /** Without each If whose condition no other graph decides. */
  private static OnnxModel withoutConstantBranches(OnnxModel model, ValueShapes.Probe probe) {
    PlainPart plain = PlainPart.of(model);
    List<String> conditions =
        model.nodes().stream()
            .filter(Branches::isBranch)
            .map(node -> node.getInput(0))
            .filter(value -> plain.knowsAllOf(List.of(value)))
            .toList();
    if (conditions.isEmpty()) {
      return model;
    }
    KnownValues known = new KnownValues(plain.computing(conditions), probe);
    Map<String, TensorProto> initializers = new LinkedHashMap<>(model.initializers());
    List<NodeProto> nodes = new ArrayList<>();
    for (NodeProto node : model.nodes()) {
      if (!isBranch(node) || !conditions.contains(node.getInput(0))) {
        nodes.add(node);
        continue;
      }
      TensorProto condition = known.constant(node.getInput(0)).orElse(null);
      if (condition == null) {
        throw refused(model, node, "chooses by the image; export the model without it");
      }
      String branch = Tensors.isZero(condition) ? "else_branch" : "then_branch";
      inline(node, branch(model, node, branch), nodes, initializers);
    }
    return new OnnxModel(
        model.name(), model.opset(), model.inputs(), model.outputs(), nodes, initializers);
  }

  private static boolean isBranch(NodeProto node) {
    return node.getOpType().equals("If") && node.getInputCount() == 1;
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
            NodeContext.describe(node), model.name(), name));
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
