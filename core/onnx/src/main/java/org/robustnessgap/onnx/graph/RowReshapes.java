package org.robustnessgap.onnx.graph;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Says of each Reshape that keeps the batch first that it does: 0, "as before", in place of −1, "as
 * many as are left". From −1 the runtime learns nothing of the batch, and ONNX Runtime 1.29 then
 * takes time that grows with the square of the nodes behind it to load a model.
 */
public final class RowReshapes {
  private RowReshapes() {}

  /**
   * The same model where there is none.
   *
   * @param shapes of its values; those of which nothing is known stay as they are
   */
  public static OnnxModel kept(OnnxModel model, ValueShapes shapes) {
    GraphBuilder builder = new GraphBuilder(model.unusedPrefix("rows/"));
    List<NodeProto> nodes = new ArrayList<>();
    for (NodeProto node : model.nodes()) {
      nodes.add(
          keepsRows(node, model.initializers(), shapes)
              ? node.toBuilder().setInput(1, kept(model, node, builder)).build()
              : node);
    }
    if (builder.constants().isEmpty()) {
      return model;
    }
    return model.withNodes(nodes, builder.constants());
  }

  private static boolean keepsRows(
      NodeProto node, Map<String, TensorProto> constants, ValueShapes shapes) {
    if (!node.getOpType().equals("Reshape")
        || !Operator.of(node).isStandard()
        || node.getInputCount() != 2
        || new Attributes(node).integer("allowzero", 0) != 0
        || !constants.containsKey(node.getInput(1))
        || !shapes.isKnown(node.getInput(0))
        || !shapes.isKnown(node.getOutput(0))) {
      return false;
    }
    long[] target = Tensors.integers(constants.get(node.getInput(1)));
    return target.length > 0
        && target[0] == -1
        && isBatchFirst(node.getInput(0), shapes)
        && isBatchFirst(node.getOutput(0), shapes);
  }

  private static boolean isBatchFirst(String value, ValueShapes shapes) {
    long[] small = shapes.shapeAtSmallBatch(value);
    long[] large = shapes.shapeAtLargeBatch(value);
    return small.length > 0
        && small[0] == ValueShapes.SMALL_BATCH
        && large[0] == ValueShapes.LARGE_BATCH;
  }

  private static String kept(OnnxModel model, NodeProto node, GraphBuilder builder) {
    long[] target =
        Tensors.integers(Objects.requireNonNull(model.initializers().get(node.getInput(1))));
    target[0] = 0;
    return builder.longs(target);
  }
}
