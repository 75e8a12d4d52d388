package org.robustnessgap.worker.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.List;

/**
 * The scores of a classifier that writes others beside them: skl2onnx the label, other exporters
 * auxiliary classifiers or intermediate results, after the scores. A ZipMap, which turns scores
 * into maps from class to score, is left out.
 */
final class ScoreOutput {
  private ScoreOutput() {}

  /**
   * The model with one output: the one called logits, else the first of real numbers; as it was, if
   * there is none.
   */
  static OnnxModel only(OnnxModel model) {
    List<OnnxModel.Value> scores =
        model.outputs().stream()
            .map(output -> beforeZipMap(model, output))
            .filter(output -> ValueShapes.FLOATING.contains(output.elementType()))
            .toList();
    return scores.stream()
        .filter(output -> output.name().equals("logits"))
        .findFirst()
        .or(() -> scores.stream().findFirst())
        .map(output -> model.withOutputs(List.of(output)))
        .orElse(model);
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
}
