package org.robustnessgap.onnx.integer;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.GraphBuilder;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.Operator;

/**
 * Keeps pixels within what a narrow integer type holds where a model of real numbers casts them to
 * it before it does anything else. What 256.2 becomes as a byte, ONNX leaves undefined: 0 on some
 * processors, 255 on others. A search that strays there finds distances of that accident.
 */
public final class PixelCasts {
  /** What changes pixels each by itself, or only rearranges them. */
  private static final Set<String> OF_EACH =
      Set.of(
          "Add",
          "Cast",
          "Ceil",
          "Clip",
          "Div",
          "Flatten",
          "Floor",
          "Identity",
          "Max",
          "Min",
          "Mul",
          "Reshape",
          "Round",
          "Squeeze",
          "Sub",
          "Transpose",
          "Unsqueeze");

  private PixelCasts() {}

  /** The model itself if it has no such cast. */
  public static OnnxModel bounded(OnnxModel model) {
    if (model.inputs().size() != 1) {
      return model;
    }
    GraphBuilder builder = new GraphBuilder(model.unusedPrefix("held/"));
    Set<String> pixels = new HashSet<>(Set.of(model.input().name()));
    List<NodeProto> nodes = new ArrayList<>();
    for (NodeProto node : model.nodes()) {
      boolean ofPixels =
          OF_EACH.contains(node.getOpType())
              && Operator.of(node).isStandard()
              && node.getInputList().stream().anyMatch(pixels::contains);
      if (ofPixels && WholeNumbers.wraps(castTo(node))) {
        String held = held(node.getInput(0), WholeNumbers.range(castTo(node)), builder);
        nodes.addAll(builder.nodes());
        builder.nodes().clear();
        nodes.add(node.toBuilder().setInput(0, held).build());
      } else {
        nodes.add(node);
        if (ofPixels) {
          pixels.addAll(node.getOutputList());
        }
      }
    }
    if (builder.constants().isEmpty()) {
      return model;
    }
    return model.withNodes(nodes, builder.constants());
  }

  /** The type's number; 0, which is none, of other nodes. */
  private static int castTo(NodeProto node) {
    return node.getOpType().equals("Cast") ? (int) new Attributes(node).integer("to", 0) : 0;
  }

  private static String held(String value, WholeNumbers.IntegerRange range, GraphBuilder builder) {
    return builder.emit(
        "Clip",
        List.of(value, builder.scalar((float) range.low()), builder.scalar((float) range.high())));
  }
}
