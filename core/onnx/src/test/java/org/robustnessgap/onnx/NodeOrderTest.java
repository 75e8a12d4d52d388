package org.robustnessgap.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.robustnessgap.onnx.TestGraph.X;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.robustnessgap.onnx.graph.NodeOrder;
import org.robustnessgap.onnx.graph.OnnxModel;

class NodeOrderTest {
  /** Two ways, one listed after the other, that meet at the end. */
  @Test
  void shorterWaysComeFirst() {
    TestGraph graph = new TestGraph(3);
    String one = X;
    String other = X;
    for (int i = 0; i < 3; i++) {
      one = graph.node("Tanh", List.of(one));
    }
    for (int i = 0; i < 3; i++) {
      other = graph.node("Sigmoid", List.of(other));
    }
    OnnxModel model = graph.model("ways", graph.node("Add", List.of(one, other)));

    OnnxModel early = NodeOrder.early(model);

    assertThat(early.nodes()).containsExactlyInAnyOrderElementsOf(model.nodes());
    assertThat(early.nodes().stream().map(NodeProto::getOpType))
        .containsExactly("Tanh", "Sigmoid", "Tanh", "Sigmoid", "Tanh", "Sigmoid", "Add");
    Map<String, Integer> places = new HashMap<>();
    for (NodeProto node : early.nodes()) {
      for (String input : node.getInputList()) {
        assertThat(input.equals(X) || places.containsKey(input)).as(input).isTrue();
      }
      places.put(node.getOutput(0), places.size());
    }
  }
}
