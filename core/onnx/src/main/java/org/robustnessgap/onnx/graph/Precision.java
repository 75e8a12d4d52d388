package org.robustnessgap.onnx.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes a model of float16, bfloat16 or float64 one of float32: its weights, its arithmetic, its
 * input and output. Logits then differ by what the other type rounds.
 */
public final class Precision {
  private static final Set<Integer> OTHERS =
      Set.of(DataType.FLOAT16_VALUE, DataType.BFLOAT16_VALUE, DataType.DOUBLE_VALUE);

  /** Attributes that name a type. */
  private static final Set<String> TYPES =
      Set.of("to", "dtype", "output_dtype", "stash_type", "softmax_precision");

  private Precision() {}

  public static OnnxModel float32(OnnxModel model) {
    Map<String, TensorProto> initializers = new LinkedHashMap<>(model.initializers());
    initializers.replaceAll((name, tensor) -> float32(tensor));
    return new OnnxModel(
        model.name(),
        model.opset(),
        model.inputs().stream().map(Precision::float32).toList(),
        model.outputs().stream().map(Precision::float32).toList(),
        model.nodes().stream().map(Precision::float32).toList(),
        initializers);
  }

  private static int float32(int elementType) {
    return OTHERS.contains(elementType) ? DataType.FLOAT_VALUE : elementType;
  }

  private static OnnxModel.Value float32(OnnxModel.Value value) {
    return new OnnxModel.Value(value.name(), float32(value.elementType()), value.shape());
  }

  private static NodeProto float32(NodeProto node) {
    NodeProto.Builder changed = node.toBuilder();
    for (AttributeProto.Builder attribute : changed.getAttributeBuilderList()) {
      if (attribute.hasT()) {
        attribute.setT(float32(attribute.getT()));
      }
      if (TYPES.contains(attribute.getName())) {
        attribute.setI(float32((int) attribute.getI()));
      }
    }
    return Subgraphs.withGraphs(changed.build(), Precision::float32);
  }

  private static GraphProto float32(GraphProto graph) {
    GraphProto.Builder changed = graph.toBuilder().clearNode().clearValueInfo();
    graph.getNodeList().forEach(node -> changed.addNode(float32(node)));
    for (int i = 0; i < graph.getInitializerCount(); i++) {
      changed.setInitializer(i, float32(graph.getInitializer(i)));
    }
    changed.getInputBuilderList().forEach(Precision::setFloat32);
    changed.getOutputBuilderList().forEach(Precision::setFloat32);
    return changed.build();
  }

  private static void setFloat32(ValueInfoProto.Builder value) {
    if (value.getType().hasTensorType()) {
      value
          .getTypeBuilder()
          .getTensorTypeBuilder()
          .setElemType(float32(value.getType().getTensorType().getElemType()));
    }
  }

  private static TensorProto float32(TensorProto tensor) {
    if (!OTHERS.contains(tensor.getDataType())) {
      return tensor;
    }
    long[] shape = Tensors.shape(tensor);
    return tensor.getDataType() == DataType.DOUBLE_VALUE
        ? Tensors.floats(tensor.getName(), ofDoubles(tensor), shape)
        : Tensors.floats(tensor.getName(), ofHalves(tensor), shape);
  }

  private static float[] ofDoubles(TensorProto tensor) {
    if (!tensor.hasRawData()) {
      List<Double> given = tensor.getDoubleDataList();
      float[] values = new float[given.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = narrowed(given.get(i));
      }
      return values;
    }
    ByteBuffer raw = bytes(tensor);
    float[] values = new float[raw.remaining() / Double.BYTES];
    for (int i = 0; i < values.length; i++) {
      values[i] = narrowed(raw.getDouble());
    }
    return values;
  }

  /** The nearest finite number: masks are as low as their type allows, not infinite. */
  private static float narrowed(double value) {
    return Double.isFinite(value)
        ? (float) Math.max(-Float.MAX_VALUE, Math.min(value, Float.MAX_VALUE))
        : (float) value;
  }

  private static float[] ofHalves(TensorProto tensor) {
    boolean brain = tensor.getDataType() == DataType.BFLOAT16_VALUE;
    ByteBuffer raw = bytes(tensor);
    boolean packed = tensor.hasRawData();
    float[] values = new float[packed ? raw.remaining() / Short.BYTES : tensor.getInt32DataCount()];
    for (int i = 0; i < values.length; i++) {
      int bits = packed ? raw.getShort() & 0xffff : tensor.getInt32Data(i) & 0xffff;
      values[i] = brain ? Float.intBitsToFloat(bits << 16) : ofHalf(bits);
    }
    return values;
  }

  private static ByteBuffer bytes(TensorProto tensor) {
    return tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** IEEE 754 binary16: 1 bit of sign, 5 of exponent, 10 of fraction. */
  public static float ofHalf(int bits) {
    int exponent = bits >> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    float magnitude =
        switch (exponent) {
          case 0 -> Math.scalb((float) fraction, -24);
          case 0x1f -> fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
          default -> Math.scalb((float) (fraction | 0x400), exponent - 25);
        };
    return bits >> 15 == 0 ? magnitude : -magnitude;
  }
}
