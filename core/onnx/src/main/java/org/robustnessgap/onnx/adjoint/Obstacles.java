package org.robustnessgap.onnx.adjoint;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.Operator;
import org.robustnessgap.onnx.graph.ValueShapes;

/** The nodes between the input and the output of a model that no rule covers. */
final class Obstacles {
  /** Operators whose rules make no constants. */
  private static final Set<String> OF_ANY_TYPE = Set.of("Cast", "Identity");

  /** What a model of these operators cannot have, and whatever its other nodes are. */
  private static final Map<String, String> HOPELESS =
      Map.of(
          "TreeEnsemble",
          "trees have no gradient",
          "SVM",
          "there is no rule for support vector machines");

  private static final Operator HARDMAX = Operator.standard("Hardmax");

  private final OnnxModel model;
  private final ActiveValues active;
  private final ValueShapes shapes;

  Obstacles(OnnxModel model, ActiveValues active, ValueShapes shapes) {
    this.model = model;
    this.active = active;
    this.shapes = shapes;
  }

  /** By name and operator. */
  List<String> described() {
    return active.describedNodes(
        node ->
            !Operator.of(node).isStandard()
                || !AdjointRules.covers(node.getOpType())
                || !computesInFloat32(node));
  }

  /** Rules make float32 constants; only some may speak of other types. */
  private boolean computesInFloat32(NodeProto node) {
    return Stream.concat(node.getInputList().stream(), node.getOutputList().stream())
        .filter(active::contains)
        .allMatch(
            value ->
                shapes.isFloat32(value)
                    || (shapes.isFloating(value)
                        ? OF_ANY_TYPE.contains(node.getOpType())
                        : QuantizationRules.takes(node)));
  }

  /**
   * @throws InvalidInputException naming them, and what to do where that is known
   */
  void requireNone() {
    List<String> obstacles = described();
    HOPELESS.forEach(
        (start, why) -> {
          List<String> nodes = active.describedNodes(node -> isClassical(node, start));
          if (!nodes.isEmpty()) {
            throw new InvalidInputException(
                String.format(
                    "%s cannot be differentiated: %s, and it has %s; measure a classifier without"
                        + " them.",
                    model.name(), why, String.join(", ", nodes)));
          }
        });
    List<String> labels = active.describedNodes(node -> Operator.of(node).equals(HARDMAX));
    if (!labels.isEmpty() && labels.size() == obstacles.size()) {
      throw new InvalidInputException(
          String.format(
              "%s cannot be differentiated: %s makes a label of scores, which has no gradient;"
                  + " export the scores before it, not the label.",
              model.name(), String.join(", ", labels)));
    }
    if (!obstacles.isEmpty()) {
      throw new InvalidInputException(
          String.format(
              "%s cannot be differentiated: there is no rule for %s.",
              model.name(), String.join(", ", obstacles)));
    }
  }

  private static boolean isClassical(NodeProto node, String start) {
    return node.getDomain().equals(Operator.CLASSICAL) && node.getOpType().startsWith(start);
  }
}
