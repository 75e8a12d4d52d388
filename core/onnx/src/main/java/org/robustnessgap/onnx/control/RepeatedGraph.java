package org.robustnessgap.onnx.control;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.robustnessgap.onnx.graph.GraphBuilder;
import org.robustnessgap.onnx.graph.Subgraphs;

/** The graph that a node repeats, written out once for each step. */
final class RepeatedGraph {
  private final GraphProto graph;
  private final GraphBuilder builder;
  private final List<NodeProto> computed = new ArrayList<>();

  /** Its own constants, the same in all steps. */
  private final Map<String, String> constants = new HashMap<>();

  RepeatedGraph(GraphProto graph, GraphBuilder builder) {
    this.graph = graph;
    this.builder = builder;
    graph.getInitializerList().forEach(tensor -> share(tensor.getName(), tensor));
    for (NodeProto node : graph.getNodeList()) {
      if (node.getOpType().equals("Constant")
          && node.getAttributeCount() == 1
          && node.getAttribute(0).hasT()) {
        share(node.getOutput(0), node.getAttribute(0).getT());
      } else {
        computed.add(node);
      }
    }
  }

  private void share(String name, TensorProto tensor) {
    String shared = builder.fresh(name);
    constants.put(name, shared);
    builder.constants().put(shared, tensor.toBuilder().setName(shared).build());
  }

  /** Adds one step and returns what it computes. */
  List<String> step(List<String> inputs) {
    Map<String, String> own = new HashMap<>(constants);
    for (int i = 0; i < inputs.size(); i++) {
      own.put(graph.getInput(i).getName(), inputs.get(i));
    }
    for (NodeProto node : computed) {
      node.getOutputList().forEach(value -> own.put(value, builder.fresh(value)));
    }
    for (NodeProto node : computed) {
      NodeProto unnamed = node.toBuilder().clearName().build();
      builder.nodes().add(Subgraphs.renamed(unnamed, name -> own.getOrDefault(name, name)));
    }
    return graph.getOutputList().stream()
        .map(output -> own.getOrDefault(output.getName(), output.getName()))
        .toList();
  }
}
