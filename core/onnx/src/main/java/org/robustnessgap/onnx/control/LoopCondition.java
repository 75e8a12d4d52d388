package org.robustnessgap.onnx.control;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.robustnessgap.onnx.graph.Subgraphs;
import org.robustnessgap.onnx.graph.Tensors;

/** What decides after each step whether a Loop goes on. */
final class LoopCondition {
  private static final int CONDITION = 1;

  /** Inputs of a Loop and of its graph before the states; the graph has one output before them. */
  private static final int BEFORE_STATES = 2;

  private final NodeProto loop;
  private final GraphProto graph;

  LoopCondition(NodeProto loop, GraphProto graph) {
    this.loop = loop;
    this.graph = graph;
  }

  private int states() {
    return loop.getInputCount() - BEFORE_STATES;
  }

  private String after() {
    return graph.getOutput(0).getName();
  }

  /** Whether it is after a step what it was before, or true. */
  boolean neverEnds() {
    Map<String, String> identities = new HashMap<>();
    Map<String, TensorProto> constants = new HashMap<>();
    graph.getInitializerList().forEach(tensor -> constants.put(tensor.getName(), tensor));
    for (NodeProto node : graph.getNodeList()) {
      if (node.getOpType().equals("Identity")) {
        identities.put(node.getOutput(0), node.getInput(0));
      } else if (node.getOpType().equals("Constant") && node.getAttribute(0).hasT()) {
        constants.put(node.getOutput(0), node.getAttribute(0).getT());
      }
    }
    String value = after();
    while (identities.containsKey(value)) {
      value = identities.remove(value);
    }
    return value.equals(graph.getInput(CONDITION).getName())
        || constants.containsKey(value) && !Tensors.isZero(constants.get(value));
  }

  /**
   * A Loop that ends when this one does and computes nothing but that.
   *
   * @param trips the value that says how many steps it takes at most
   * @param steps the value [steps] that it computes: a number for each step
   */
  NodeProto counting(String trips, String steps) {
    Set<String> needed = needed();
    GraphProto.Builder body = Subgraphs.emptied(graph);
    graph.getNodeList().stream()
        .filter(node -> node.getOutputList().stream().anyMatch(needed::contains))
        .forEach(body::addNode);
    graph.getInitializerList().stream()
        .filter(tensor -> needed.contains(tensor.getName()))
        .forEach(body::addInitializer);
    NodeProto.Builder counting =
        NodeProto.newBuilder()
            .setOpType("Loop")
            .addInput(trips)
            .addInput(CONDITION < loop.getInputCount() ? loop.getInput(CONDITION) : "");
    body.addInput(graph.getInput(0))
        .addInput(graph.getInput(CONDITION))
        .addOutput(graph.getOutput(0));
    for (int state : neededStates(needed)) {
      counting.addInput(loop.getInput(BEFORE_STATES + state)).addOutput(steps + "/" + state);
      body.addInput(graph.getInput(BEFORE_STATES + state)).addOutput(graph.getOutput(1 + state));
    }
    String step = graph.getInput(0).getName();
    body.addNode(
        NodeProto.newBuilder().setOpType("Identity").addInput(step).addOutput(steps + "/step"));
    body.addOutput(graph.getInput(0).toBuilder().setName(steps + "/step"));
    return counting
        .addOutput(steps)
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("body")
                .setType(AttributeProto.AttributeType.GRAPH)
                .setG(body))
        .build();
  }

  /** Values of the graph that the condition depends on, in this step or by way of earlier ones. */
  private Set<String> needed() {
    Set<String> needed = new HashSet<>();
    needed.add(after());
    int before;
    do {
      before = needed.size();
      for (int i = graph.getNodeCount() - 1; i >= 0; i--) {
        NodeProto node = graph.getNode(i);
        if (node.getOutputList().stream().anyMatch(needed::contains)) {
          needed.addAll(Subgraphs.reads(node));
        }
      }
      neededStates(needed).forEach(state -> needed.add(graph.getOutput(1 + state).getName()));
    } while (needed.size() > before);
    return needed;
  }

  private List<Integer> neededStates(Set<String> needed) {
    return IntStream.range(0, states())
        .filter(state -> needed.contains(graph.getInput(BEFORE_STATES + state).getName()))
        .boxed()
        .toList();
  }
}
