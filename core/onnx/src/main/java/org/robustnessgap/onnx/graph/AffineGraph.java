package org.robustnessgap.onnx.graph;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether a model is affine in its input, f(x) = b + A x, by its operators alone: each that reads
 * what the input changes must be affine in that. One that is not known to be is taken for none, so
 * a model that is affine in truth may be denied, but never the reverse.
 */
public final class AffineGraph {
  /** Sums, and what moves elements of all operands alike. */
  private static final Set<String> IN_ALL =
      Set.of("Add", "Concat", "Identity", "Mean", "Neg", "Sub", "Sum");

  /** Whatever else they read must be constant: shapes, indices, divisors, statistics. */
  private static final Set<String> IN_FIRST =
      Set.of(
          "AveragePool",
          "BatchNormalization",
          "CumSum",
          "DepthToSpace",
          "Div",
          "Expand",
          "Flatten",
          "Gather",
          "GatherElements",
          "GatherND",
          "GlobalAveragePool",
          "Pad",
          "ReduceMean",
          "ReduceSum",
          "Reshape",
          "Resize",
          "Slice",
          "SpaceToDepth",
          "Split",
          "Squeeze",
          "Tile",
          "Transpose",
          "Unsqueeze");

  /** Products of their first two operands, of which one must be constant. */
  private static final Set<String> PRODUCTS =
      Set.of("Conv", "ConvTranspose", "Gemm", "MatMul", "Mul");

  private AffineGraph() {}

  /**
   * @param model of one input and one output in float32
   */
  public static boolean isAffine(OnnxModel model) {
    OnnxModel needed = model.pruned();
    Set<String> dependent = new HashSet<>();
    dependent.add(needed.input().name());
    for (NodeProto node : needed.nodes()) {
      if (Subgraphs.reads(node).stream().anyMatch(dependent::contains) && !isOfShapes(node)) {
        if (!isAffine(node, dependent)) {
          return false;
        }
        dependent.addAll(node.getOutputList());
        dependent.remove("");
      }
    }
    return true;
  }

  /** A shape tells nothing of the input's elements. */
  private static boolean isOfShapes(NodeProto node) {
    return isStandard(node)
        && (node.getOpType().equals("Shape") || node.getOpType().equals("Size"));
  }

  private static boolean isAffine(NodeProto node, Set<String> dependent) {
    if (!isStandard(node) || new Attributes(node).integer("training_mode", 0) != 0) {
      return false;
    }
    List<String> inputs = node.getInputList();
    String operator = node.getOpType();
    if (PRODUCTS.contains(operator)) {
      return !(dependent.contains(inputs.get(0)) && dependent.contains(inputs.get(1)));
    }
    return IN_ALL.contains(operator)
        || (IN_FIRST.contains(operator) && inputs.stream().skip(1).noneMatch(dependent::contains));
  }

  private static boolean isStandard(NodeProto node) {
    return node.getDomain().isEmpty() || node.getDomain().equals("ai.onnx");
  }
}
