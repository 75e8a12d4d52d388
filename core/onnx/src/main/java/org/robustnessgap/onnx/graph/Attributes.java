package org.robustnessgap.onnx.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Typed access to a node's attributes, with the operator's defaults. */
public final class Attributes {
  private final Map<String, AttributeProto> byName = new HashMap<>();

  public Attributes(NodeProto node) {
    node.getAttributeList().forEach(attribute -> byName.put(attribute.getName(), attribute));
  }

  public boolean has(String name) {
    return byName.containsKey(name);
  }

  public long integer(String name, long otherwise) {
    AttributeProto given = byName.get(name);
    return given == null ? otherwise : given.getI();
  }

  public float real(String name, float otherwise) {
    AttributeProto given = byName.get(name);
    return given == null ? otherwise : given.getF();
  }

  public String text(String name, String otherwise) {
    AttributeProto given = byName.get(name);
    return given == null ? otherwise : given.getS().toStringUtf8();
  }

  /** A list of integers, or {@code count} times {@code otherwise}. */
  public long[] integers(String name, int count, long otherwise) {
    AttributeProto given = byName.get(name);
    if (given != null) {
      return given.getIntsList().stream().mapToLong(Long::longValue).toArray();
    }
    long[] values = new long[count];
    Arrays.fill(values, otherwise);
    return values;
  }

  /** A constant, which must be there. */
  public TensorProto tensor(String name) {
    return Objects.requireNonNull(byName.get(name), name).getT();
  }

  /** A list of real numbers, empty where there is none. */
  public float[] reals(String name) {
    AttributeProto attribute = byName.getOrDefault(name, AttributeProto.getDefaultInstance());
    float[] values = new float[attribute.getFloatsCount()];
    for (int i = 0; i < values.length; i++) {
      values[i] = attribute.getFloats(i);
    }
    return values;
  }

  /** A list of texts, empty where there is none. */
  public List<String> texts(String name) {
    return byName.getOrDefault(name, AttributeProto.getDefaultInstance()).getStringsList().stream()
        .map(ByteString::toStringUtf8)
        .toList();
  }

  /** All that the node states. */
  public Collection<AttributeProto> stated() {
    return byName.values();
  }

  public static AttributeProto of(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  public static AttributeProto of(String name, float value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.FLOAT)
        .setF(value)
        .build();
  }

  public static AttributeProto of(String name, long[] values) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
    Arrays.stream(values).forEach(attribute::addInts);
    return attribute.build();
  }

  public static AttributeProto of(String name, String value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.STRING)
        .setS(ByteString.copyFromUtf8(value))
        .build();
  }
}
