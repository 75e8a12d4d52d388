package org.robustnessgap.onnx.graph;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;

/**
 * Values through which no gradient passes although they depend on the image: the cell of a grid in
 * which a point lies, for instance, beside the place within that cell. The node that holds a value
 * is marked where ONNX lets tools keep notes of their own.
 */
public final class HeldValues {
  private static final StringStringEntryProto MARK =
      StringStringEntryProto.newBuilder()
          .setKey("org.robustnessgap.gradient")
          .setValue("none")
          .build();

  private HeldValues() {}

  /** A node that computes {@code held}, equal to {@code value}. */
  static NodeProto node(String value, String held) {
    return NodeProto.newBuilder()
        .setOpType("Identity")
        .setName(held)
        .addInput(value)
        .addOutput(held)
        .addMetadataProps(MARK)
        .build();
  }

  public static boolean isHeldBy(NodeProto node) {
    return node.getMetadataPropsList().contains(MARK);
  }
}
