package org.robustnessgap.onnx.control;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.robustnessgap.onnx.graph.GraphBuilder;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.Subgraphs;

/**
 * The part of a model that depends on none of the graphs within its nodes: it can be run before
 * anything is known of those, which may repeat themselves for ever.
 */
final class PlainPart {
  private final OnnxModel model;
  private final List<NodeProto> nodes;
  private final Set<String> others;

  private PlainPart(OnnxModel model, List<NodeProto> nodes, Set<String> others) {
    this.model = model;
    this.nodes = nodes;
    this.others = others;
  }

  static PlainPart of(OnnxModel model) {
    List<NodeProto> nodes = new ArrayList<>();
    Set<String> others = new HashSet<>();
    for (NodeProto node : model.nodes()) {
      if (Subgraphs.has(node) || node.getInputList().stream().anyMatch(others::contains)) {
        others.addAll(node.getOutputList());
      } else {
        nodes.add(node);
      }
    }
    others.remove("");
    return new PlainPart(model, nodes, others);
  }

  /** Whether none of these values depends on a graph. */
  boolean knowsAllOf(Collection<String> values) {
    return values.stream().noneMatch(others::contains);
  }

  /** What computes these values, as far as nodes do. */
  OnnxModel computing(Collection<String> values) {
    return computing(values, nodes, model.initializers());
  }

  /** What computes a value of nodes and constants that are added. */
  OnnxModel with(GraphBuilder added, String value) {
    List<NodeProto> all = new ArrayList<>(nodes);
    all.addAll(added.nodes());
    Map<String, TensorProto> initializers = new LinkedHashMap<>(model.initializers());
    initializers.putAll(added.constants());
    return computing(List.of(value), all, initializers);
  }

  private OnnxModel computing(
      Collection<String> values, List<NodeProto> all, Map<String, TensorProto> initializers) {
    Set<String> computed = new HashSet<>();
    all.forEach(node -> computed.addAll(node.getOutputList()));
    List<OnnxModel.Value> outputs =
        values.stream()
            .filter(value -> !value.isEmpty() && computed.contains(value))
            .distinct()
            .map(value -> new OnnxModel.Value(value, TensorProto.DataType.UNDEFINED_VALUE, null))
            .toList();
    OnnxModel part =
        new OnnxModel(model.name(), model.opset(), model.inputs(), outputs, all, initializers)
            .pruned();
    // What is asked for may be a constant itself.
    Map<String, TensorProto> kept = new LinkedHashMap<>(part.initializers());
    values.stream()
        .filter(initializers::containsKey)
        .forEach(value -> kept.put(value, initializers.get(value)));
    return new OnnxModel(
        part.name(), part.opset(), part.inputs(), part.outputs(), part.nodes(), kept);
  }
}
