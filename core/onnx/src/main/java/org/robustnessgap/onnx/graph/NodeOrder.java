package org.robustnessgap.onnx.graph;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The order in which a model lists its nodes. */
public final class NodeOrder {
  private NodeOrder() {}

  /**
   * Each node as early as what it reads allows: after all whose longest way from an input is
   * shorter, otherwise in the order of before.
   */
  public static OnnxModel early(OnnxModel model) {
    Map<String, Integer> depths = new HashMap<>();
    List<List<NodeProto>> levels = new ArrayList<>();
    for (NodeProto node : model.nodes()) {
      int depth =
          Subgraphs.reads(node).stream()
              .mapToInt(value -> depths.getOrDefault(value, 0))
              .max()
              .orElse(0);
      node.getOutputList().forEach(value -> depths.put(value, depth + 1));
      while (levels.size() <= depth) {
        levels.add(new ArrayList<>());
      }
      levels.get(depth).add(node);
    }
    return model.withNodes(levels.stream().flatMap(List::stream).toList(), Map.of());
  }
}
