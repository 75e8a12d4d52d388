package org.robustnessgap.worker.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The scores of a classifier that writes the label beside them, as skl2onnx does. A ZipMap, which
 * turns scores into maps from class to score, is left out.
 */
final class ScoreOutput {
  private ScoreOutput() {}

  /**
   * The model with its one output of real numbers alone; as it was, if there is not exactly one.
   */
  static OnnxModel only(OnnxModel model) {
    if (model.outputs().size() < 2) {
      return model;
    }
    List<OnnxModel.Value> scores =
        model.outputs().stream()
            .map(output -> beforeZipMap(model, output))
            .filter(output -> ValueShapes.FLOATING.contains(output.elementType()))
            .toList();
    return scores.size() == 1
        ? new OnnxModel(
            model.name(),
            model.opset(),
            model.inputs(),
            scores,
            neededFor(scores.get(0).name(), model.nodes()),
            model.initializers())
        : model;
  }

  private static OnnxModel.Value beforeZipMap(OnnxModel model, OnnxModel.Value output) {
    for (NodeProto node : model.nodes()) {
      if (node.getOpType().equals("ZipMap")
          && node.getDomain().equals("ai.onnx.ml")
          && node.getInputCount() == 1
          && node.getOutputList().contains(output.name())) {
        long classes =
            node.getAttributeList().stream().mapToLong(ScoreOutput::length).max().orElse(-1);
        return new OnnxModel.Value(node.getInput(0), DataType.FLOAT_VALUE, List.of(-1L, classes));
      }
    }
    return output;
  }

  /** Of a list of class labels. */
  private static long length(AttributeProto labels) {
    return labels.getIntsCount() + labels.getStringsCount();
  }

  private static List<NodeProto> neededFor(String output, List<NodeProto> nodes) {
    Set<String> needed = new HashSet<>();
    needed.add(output);
    Deque<NodeProto> kept = new ArrayDeque<>();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      NodeProto node = nodes.get(i);
      if (node.getOutputList().stream().anyMatch(needed::contains)) {
        needed.addAll(node.getInputList());
        kept.addFirst(node);
      }
    }
    return List.copyOf(kept);
  }
}
