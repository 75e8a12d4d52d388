package org.robustnessgap.worker.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Collects nodes and constants, and gives new values names that cannot collide with the model's.
 */
final class GraphBuilder {
  private final String prefix;
  private final List<NodeProto> nodes = new ArrayList<>();
  private final Map<String, TensorProto> constants = new LinkedHashMap<>();
  private int count;

  /**
   * @param prefix starts the name of everything made here; no name of the model may start with it
   */
  GraphBuilder(String prefix) {
    this.prefix = prefix;
  }

  /** Adds a node with one output and returns that output's name. */
  String emit(String operator, List<String> inputs, AttributeProto... attributes) {
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
  String held(String value) {
    String held = fresh("held");
    nodes.add(HeldValues.node(value, held));
    return held;
  }

  /** Adds a node with several outputs and returns their names. */
  List<String> emitAll(
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
  String floats(float[] values, long... shape) {
    String name = fresh("constant");
    constants.put(name, Tensors.floats(name, values, shape));
    return name;
  }

  /** A float32 scalar. */
  String scalar(float value) {
    return floats(new float[] {value});
  }

  /** An int64 constant of rank 1. */
  String longs(long... values) {
    String name = fresh("constant");
    constants.put(name, Tensors.longs(name, values));
    return name;
  }

  /** An int64 scalar. */
  String longScalar(long value) {
    String name = fresh("constant");
    constants.put(name, Tensors.longs(name, value).toBuilder().clearDims().build());
    return name;
  }

  String fresh(String what) {
    return prefix + what + "_" + count++;
  }

  List<NodeProto> nodes() {
    return nodes;
  }

  Map<String, TensorProto> constants() {
    return constants;
  }
}
