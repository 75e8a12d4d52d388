package org.robustnessgap.onnx.scores;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.ValueShapes;

/**
 * The scores of a classifier that writes others beside them: skl2onnx the label, others boxes or
 * features. A ZipMap, which turns scores into maps from class to score, is left out.
 */
public final class ScoreOutput {
  private static final String LOGITS = "logits";

  private ScoreOutput() {}

  /**
   * The model with one output: the one that is named, else the only one of real numbers, else the
   * one called logits.
   *
   * @param name null if nobody says
   * @throws InvalidInputException if there is no such output, or several could be meant
   */
  public static OnnxModel only(OnnxModel model, @Nullable String name) {
    List<OnnxModel.Value> outputs =
        model.outputs().stream().map(output -> beforeZipMap(model, output)).toList();
    if (name != null) {
      for (int i = 0; i < outputs.size(); i++) {
        if (model.outputs().get(i).name().equals(name)) {
          return model.withOutputs(List.of(requireReal(model, outputs.get(i))));
        }
      }
      throw new InvalidInputException(
          String.format(
              "%s has no output %s; its outputs are %s.",
              model.name(), name, described(model.outputs())));
    }
    List<OnnxModel.Value> scores = outputs.stream().filter(ScoreOutput::isReal).toList();
    if (scores.isEmpty() && !outputs.isEmpty()) {
      requireReal(model, outputs.get(0));
    }
    List<OnnxModel.Value> meant =
        scores.size() > 1
            ? scores.stream().filter(output -> output.name().equals(LOGITS)).toList()
            : scores;
    if (meant.isEmpty() && !scores.isEmpty()) {
      throw new InvalidInputException(
          String.format(
              "%s has several outputs that may be scores: %s; name the one with --output NAME (in a campaign: \"options\": {\"output\": \"NAME\"}).",
              model.name(), described(scores)));
    }
    return meant.isEmpty() ? model : model.withOutputs(meant);
  }

  private static boolean isReal(OnnxModel.Value output) {
    return ValueShapes.FLOATING.contains(output.elementType());
  }

  private static String described(List<OnnxModel.Value> outputs) {
    return outputs.stream().map(OnnxModel.Value::describe).collect(Collectors.joining("; "));
  }

  /** A label has no margin to search by. */
  private static OnnxModel.Value requireReal(OnnxModel model, OnnxModel.Value output) {
    if (!isReal(output)) {
      throw new InvalidInputException(
          String.format(
              "The output %s of %s is no score but a label or a count, which has no gradient; export the scores, one number for each class, not the label.",
              output.describe(), model.name()));
    }
    return output;
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
