package org.robustnessgap.worker.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.ListIterator;
import java.util.Map;
import java.util.Set;

/**
 * Turns computed values that never change into constants: weights behind Identity or Transpose, and
 * what exporters compute from the image size.
 *
 * <p>A value is a constant if it reads no element of the input, at most its shape, and the runtime
 * computes the same for two batch sizes. The arithmetic is the runtime's, not ours.
 */
final class ConstantFolding {
  private ConstantFolding() {}

  static OnnxModel of(OnnxModel model, ValueShapes.Probe probe) {
    Set<String> candidates = independentOfElements(model);
    if (candidates.isEmpty()) {
      return model;
    }
    OnnxModel exposed = exposing(model, candidates);
    Map<String, TensorProto> constants =
        new HashMap<>(probe.values(exposed, ValueShapes.SMALL_BATCH));
    constants.entrySet().retainAll(probe.values(exposed, ValueShapes.LARGE_BATCH).entrySet());

    Map<String, TensorProto> initializers = new LinkedHashMap<>(model.initializers());
    constants.forEach(
        (name, value) -> initializers.put(name, value.toBuilder().setName(name).build()));
    List<NodeProto> nodes =
        model.nodes().stream()
            .filter(
                node ->
                    node.getOutputList().stream()
                        .anyMatch(name -> !name.isEmpty() && !constants.containsKey(name)))
            .toList();
    // A node with both kinds of outputs stays, and so do all of its outputs.
    nodes.forEach(node -> node.getOutputList().forEach(initializers::remove));
    return new OnnxModel(
        model.name(), model.opset(), model.inputs(), model.outputs(), nodes, initializers);
  }

  /** Computed values, other than outputs of the model, that read at most the shape of the input. */
  private static Set<String> independentOfElements(OnnxModel model) {
    Set<String> dependent = new HashSet<>();
    model.inputs().forEach(input -> dependent.add(input.name()));
    Set<String> independent = new LinkedHashSet<>();
    for (NodeProto node : model.nodes()) {
      boolean readsShapeOnly = node.getOpType().equals("Shape") || node.getOpType().equals("Size");
      boolean isDependent =
          !readsShapeOnly && node.getInputList().stream().anyMatch(dependent::contains);
      (isDependent ? dependent : independent).addAll(node.getOutputList());
    }
    independent.remove("");
    model.outputs().forEach(output -> independent.remove(output.name()));
    return independent;
  }

  /** The part of a model that computes these values. */
  private static OnnxModel exposing(OnnxModel model, Set<String> values) {
    Set<String> needed = new HashSet<>(values);
    List<NodeProto> nodes = new ArrayList<>();
    ListIterator<NodeProto> backwards = model.nodes().listIterator(model.nodes().size());
    while (backwards.hasPrevious()) {
      NodeProto node = backwards.previous();
      if (node.getOutputList().stream().anyMatch(needed::contains)) {
        needed.addAll(node.getInputList());
        nodes.add(0, node);
      }
    }
    Map<String, TensorProto> read = new LinkedHashMap<>(model.initializers());
    read.keySet().retainAll(needed);
    return new OnnxModel(
        model.name(),
        model.opset(),
        model.inputs(),
        values.stream().map(name -> new OnnxModel.Value(name, 0, null)).toList(),
        nodes,
        read);
  }
}
