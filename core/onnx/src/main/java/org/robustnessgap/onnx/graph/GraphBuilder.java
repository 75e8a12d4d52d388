package org.robustnessgap.onnx.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Collects nodes and constants, and gives new values names that cannot collide with the model's.
 */
public final class GraphBuilder {
  private static final int LARGEST_SHARED_BYTES = 64;

  private final String prefix;
  private final List<NodeProto> nodes = new ArrayList<>();
  private final Map<String, TensorProto> constants = new LinkedHashMap<>();

  /** Names of small constants, by those without a name. */
  private final Map<TensorProto, String> small = new HashMap<>();

  private int count;

  /**
   * @param prefix starts the name of everything made here; no name of the model may start with it
   */
  public GraphBuilder(String prefix) {
    this.prefix = prefix;
  }

  /** Adds a node with one output and returns that output's name. */
  public String emit(String operator, List<String> inputs, AttributeProto... attributes) {
    String output = fresh(operator);
    nodes.add(
        NodeProto.newBuilder()
            .setOpType(operator)
            .setName(output)
            .addAllInput(inputs)
            .addOutput(output)
            .addAllAttribute(List.of(attributes))
            .build());
    return output;
  }

  /** The same value, through which no gradient passes. */
  public String held(String value) {
    String held = fresh("held");
    nodes.add(HeldValues.node(value, held));
    return held;
  }

  /** Adds a node with several outputs and returns their names. */
  public List<String> emitAll(
      String operator, int outputs, List<String> inputs, AttributeProto... attributes) {
    List<String> names = Stream.generate(() -> fresh(operator)).limit(outputs).toList();
    nodes.add(
        NodeProto.newBuilder()
            .setOpType(operator)
            .setName(names.get(0))
            .addAllInput(inputs)
            .addAllOutput(names)
            .addAllAttribute(List.of(attributes))
            .build());
    return names;
  }

  /** A float32 constant. */
  public String floats(float[] values, long... shape) {
    return constant(Tensors.floats("", values, shape));
  }

  /** A float32 scalar. */
  public String scalar(float value) {
    return floats(new float[] {value});
  }

  /** An int64 constant of rank 1. */
  public String longs(long... values) {
    return constant(Tensors.longs("", values));
  }

  /** An int64 scalar. */
  public String longScalar(long value) {
    return constant(Tensors.longs("", value).toBuilder().clearDims().build());
  }

  /** A small one that is there already is used again. */
  private String constant(TensorProto unnamed) {
    if (unnamed.getRawData().size() > LARGEST_SHARED_BYTES) {
      return named(unnamed);
    }
    return small.computeIfAbsent(unnamed, this::named);
  }

  private String named(TensorProto unnamed) {
    String name = fresh("constant");
    constants.put(name, unnamed.toBuilder().setName(name).build());
    return name;
  }

  public String fresh(String what) {
    return prefix + what + "_" + count++;
  }

  public List<NodeProto> nodes() {
    return nodes;
  }

  public Map<String, TensorProto> constants() {
    return constants;
  }
}
