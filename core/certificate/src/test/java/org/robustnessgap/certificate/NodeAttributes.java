package org.robustnessgap.certificate;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.Arrays;

/** Attributes of nodes in test models. */
final class NodeAttributes {
  private NodeAttributes() {}

  static AttributeProto ints(String name, long... values) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
    Arrays.stream(values).forEach(attribute::addInts);
    return attribute.build();
  }

  static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }
}
