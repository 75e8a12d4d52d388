package org.robustnessgap.onnx.adjoint;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.HashSet;
import java.util.List;
import java.util.ListIterator;
import java.util.Set;
import java.util.function.Predicate;
import org.robustnessgap.onnx.graph.HeldValues;
import org.robustnessgap.onnx.graph.NodeContext;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.Subgraphs;
import org.robustnessgap.onnx.graph.ValueShapes;

/**
 * The values of a model that a gradient flows through: float or quantized ones that depend on the
 * input or a named weight and that the output depends on.
 */
final class ActiveValues {
  /** Operators that mix pixels by weights: what comes before them all prepares the image. */
  private static final Set<String> WEIGHTED =
      Set.of("Attention", "Conv", "ConvTranspose", "Einsum", "Gemm", "MatMul");

  private final OnnxModel model;
  private final Set<String> active;
  private final Set<String> behindWeights;
  private final Set<String> stepsPassed;

  /**
   * @param weights initializers that are differentiated with respect to
   */
  ActiveValues(OnnxModel model, Set<String> weights, ValueShapes shapes) {
    this.model = model;
    this.active = active(model, weights, shapes);
    this.behindWeights = behindWeights(model, active);
    this.stepsPassed = Steps.straightThrough(model, active);
  }

  private static Set<String> active(OnnxModel model, Set<String> weights, ValueShapes shapes) {
    Set<String> quantized = QuantizationRules.quantizedValues(model);
    Set<String> fromInput = new HashSet<>();
    fromInput.add(model.input().name());
    fromInput.addAll(weights);
    for (NodeProto node : model.nodes()) {
      if (!HeldValues.isHeldBy(node)
          && Subgraphs.reads(node).stream().anyMatch(fromInput::contains)) {
        boolean counts =
            node.getInputList().stream().anyMatch(quantized::contains)
                && !QuantizationRules.takes(node);
        node.getOutputList().stream()
            // A shape, an index or a truth value passes no gradient on; a quantized number does,
            // and what is computed from one, or no tensor at all, would have to.
            .filter(
                value ->
                    shapes.isFloating(value)
                        || quantized.contains(value)
                        || counts
                        || !shapes.isComputed(value))
            .filter(value -> !value.isEmpty())
            .forEach(fromInput::add);
      }
    }
    Set<String> toOutput = new HashSet<>();
    toOutput.add(model.output().name());
    ListIterator<NodeProto> backwards = model.nodes().listIterator(model.nodes().size());
    while (backwards.hasPrevious()) {
      NodeProto node = backwards.previous();
      if (node.getOutputList().stream().anyMatch(toOutput::contains)) {
        toOutput.addAll(Subgraphs.reads(node));
      }
    }
    fromInput.retainAll(toOutput);
    return fromInput;
  }

  private static Set<String> behindWeights(OnnxModel model, Set<String> active) {
    Set<String> behind = new HashSet<>();
    for (NodeProto node : model.nodes()) {
      boolean weighs =
          WEIGHTED.contains(node.getOpType())
              && node.getInputList().stream().anyMatch(active::contains);
      if (weighs || node.getInputList().stream().anyMatch(behind::contains)) {
        behind.addAll(node.getOutputList());
      }
    }
    behind.remove("");
    return behind;
  }

  boolean contains(String value) {
    return active.contains(value);
  }

  /** Whether an operator with weights stands between the model's input and a value. */
  boolean isBehindWeights(String value) {
    return behindWeights.contains(value);
  }

  /** Whether the step that computes a value is passed straight through. */
  boolean isStepPassed(String value) {
    return stepsPassed.contains(value);
  }

  /** Those of the nodes that compute active values, described by name and operator. */
  List<String> describedNodes(Predicate<NodeProto> which) {
    return model.nodes().stream()
        .filter(node -> node.getOutputList().stream().anyMatch(active::contains))
        .filter(which)
        .map(NodeContext::describe)
        .toList();
  }
}
