package org.robustnessgap.onnx.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.robustnessgap.messages.InvalidInputException;

/** Puts the bodies of a model's own functions in place of their calls. */
final class FunctionInlining {
  /** A file of a few lines can describe more nodes than a memory holds. */
  private static final int MOST_NODES = 1_000_000;

  private static final int DEEPEST = 64;

  private final String model;
  private final long opset;
  private final Map<String, FunctionProto> functions = new HashMap<>();
  private final String start;
  private int calls;
  private int nodes;

  private FunctionInlining(String model, ModelProto proto) {
    this.model = model;
    this.opset = Opset.version(proto.getOpsetImportList());
    Set<String> taken = new HashSet<>();
    proto.getGraph().getNodeList().forEach(node -> taken.addAll(node.getOutputList()));
    this.start = OnnxModel.unusedPrefix("function/", taken);
    proto
        .getFunctionsList()
        .forEach(
            function ->
                functions.put(
                    key(function.getDomain(), function.getName(), function.getOverload()),
                    function));
  }

  /**
   * The graph of a model without calls.
   *
   * @throws InvalidInputException if a function calls itself or needs another operator set
   */
  static GraphProto inlined(String model, ModelProto proto) {
    return proto.getFunctionsCount() == 0
        ? proto.getGraph()
        : new FunctionInlining(model, proto).inlined(proto.getGraph(), 0);
  }

  private static String key(String domain, String name, String overload) {
    return domain + "\n" + name + "\n" + overload;
  }

  private GraphProto inlined(GraphProto graph, int depth) {
    GraphProto.Builder flat = graph.toBuilder().clearNode();
    graph.getNodeList().forEach(node -> flat.addAllNode(inlined(node, depth)));
    return flat.build();
  }

  private List<NodeProto> inlined(NodeProto node, int depth) {
    if (++nodes > MOST_NODES) {
      throw refused(node, "unfolds to more than " + MOST_NODES + " nodes");
    }
    FunctionProto function =
        functions.get(key(node.getDomain(), node.getOpType(), node.getOverload()));
    if (function == null) {
      return List.of(Subgraphs.withGraphs(node, graph -> inlined(graph, depth)));
    }
    if (depth == DEEPEST) {
      throw refused(node, "calls itself, or others more than " + DEEPEST + " deep");
    }
    requireOpset(node, function);
    List<NodeProto> flat = new ArrayList<>();
    for (NodeProto inner : body(function, node)) {
      flat.addAll(inlined(inner, depth + 1));
    }
    return flat;
  }

  /** Other versions of the standard operators mean other things by the same names. */
  private void requireOpset(NodeProto call, FunctionProto function) {
    long own = Opset.version(function.getOpsetImportList());
    if (own >= 0 && own != opset) {
      throw refused(call, "uses operator set " + own + " in a model of operator set " + opset);
    }
  }

  private InvalidInputException refused(NodeProto call, String why) {
    return new InvalidInputException(
        String.format(
            "The function %s of %s %s; export it with its functions inlined.",
            call.getOpType(), model, why));
  }

  /** The nodes of a function with the values and attributes of one call. */
  private List<NodeProto> body(FunctionProto function, NodeProto call) {
    Map<String, String> names = new HashMap<>();
    for (int i = 0; i < function.getInputCount(); i++) {
      // What a call leaves out has no name in the body either.
      names.put(function.getInput(i), i < call.getInputCount() ? call.getInput(i) : "");
    }
    for (int i = 0; i < Math.min(function.getOutputCount(), call.getOutputCount()); i++) {
      if (!call.getOutput(i).isEmpty()) {
        names.putIfAbsent(function.getOutput(i), call.getOutput(i));
      }
    }
    String prefix = start + call.getOpType() + "/" + calls++ + "/";
    Map<String, AttributeProto> attributes = new LinkedHashMap<>();
    function.getAttributeProtoList().forEach(given -> attributes.put(given.getName(), given));
    call.getAttributeList().forEach(given -> attributes.put(given.getName(), given));

    List<NodeProto> body = new ArrayList<>();
    // An input may be an output; no node would compute it.
    for (int i = 0; i < Math.min(function.getOutputCount(), call.getOutputCount()); i++) {
      int input = function.getInputList().indexOf(function.getOutput(i));
      if (input >= 0 && input < call.getInputCount()) {
        body.add(
            NodeProto.newBuilder()
                .setOpType("Identity")
                .addInput(call.getInput(input))
                .addOutput(call.getOutput(i))
                .build());
      }
    }
    for (NodeProto node : function.getNodeList()) {
      body.add(
          Subgraphs.renamed(
              // Two calls would give one name to two nodes.
              withAttributes(node, attributes).toBuilder().clearName().build(),
              name -> names.computeIfAbsent(name, inner -> prefix + inner)));
    }
    return body;
  }

  /** Attributes that refer to those of the call get their values, or are left out with them. */
  private static NodeProto withAttributes(NodeProto node, Map<String, AttributeProto> attributes) {
    NodeProto.Builder bound = node.toBuilder().clearAttribute();
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.getRefAttrName().isEmpty()) {
        bound.addAttribute(attribute);
      } else if (attributes.containsKey(attribute.getRefAttrName())) {
        bound.addAttribute(
            attributes.get(attribute.getRefAttrName()).toBuilder().setName(attribute.getName()));
      }
    }
    return Subgraphs.withGraphs(
        bound.build(),
        graph -> {
          GraphProto.Builder inner = graph.toBuilder().clearNode();
          graph.getNodeList().forEach(n -> inner.addNode(withAttributes(n, attributes)));
          return inner.build();
        });
  }
}
