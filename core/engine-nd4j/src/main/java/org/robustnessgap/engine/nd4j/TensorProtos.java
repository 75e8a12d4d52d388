package org.robustnessgap.engine.nd4j;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.robustnessgap.messages.InvalidInputException;

/** ONNX's constants as ND4J's arrays. */
final class TensorProtos {
  private static final Map<Integer, DataType> TYPES =
      Map.ofEntries(
          Map.entry(TensorProto.DataType.FLOAT_VALUE, DataType.FLOAT),
          Map.entry(TensorProto.DataType.DOUBLE_VALUE, DataType.DOUBLE),
          Map.entry(TensorProto.DataType.FLOAT16_VALUE, DataType.FLOAT16),
          Map.entry(TensorProto.DataType.BFLOAT16_VALUE, DataType.BFLOAT16),
          Map.entry(TensorProto.DataType.INT64_VALUE, DataType.INT64),
          Map.entry(TensorProto.DataType.INT32_VALUE, DataType.INT32),
          Map.entry(TensorProto.DataType.INT16_VALUE, DataType.INT16),
          Map.entry(TensorProto.DataType.INT8_VALUE, DataType.INT8),
          Map.entry(TensorProto.DataType.UINT8_VALUE, DataType.UINT8),
          Map.entry(TensorProto.DataType.BOOL_VALUE, DataType.BOOL));

  private TensorProtos() {}

  static Optional<DataType> typeOf(int elementType) {
    return Optional.ofNullable(TYPES.get(elementType));
  }

  /**
   * @throws InvalidInputException if it holds a type that ND4J has not, or not as many values as
   *     its shape says
   */
  static INDArray toArray(TensorProto tensor) {
    DataType type =
        typeOf(tensor.getDataType())
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        String.format(
                            "Constant %s holds %s, which ND4J does not; pass --engine onnxruntime.",
                            tensor.getName(),
                            TensorProto.DataType.forNumber(tensor.getDataType()))));
    long[] shape = tensor.getDimsList().stream().mapToLong(Long::longValue).toArray();
    ByteBuffer raw = tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    if (type == DataType.FLOAT) {
      float[] values = new float[count(tensor, shape, tensor.getFloatDataCount(), Float.BYTES)];
      for (int i = 0; i < values.length; i++) {
        values[i] = tensor.hasRawData() ? raw.getFloat() : tensor.getFloatData(i);
      }
      return HostMemory.of(values, shape);
    }
    if (type == DataType.DOUBLE) {
      double[] values = new double[count(tensor, shape, tensor.getDoubleDataCount(), Double.BYTES)];
      for (int i = 0; i < values.length; i++) {
        values[i] = tensor.hasRawData() ? raw.getDouble() : tensor.getDoubleData(i);
      }
      return HostMemory.of(values, shape);
    }
    if (type.isFPType()) {
      float[] values = new float[count(tensor, shape, tensor.getInt32DataCount(), Short.BYTES)];
      for (int i = 0; i < values.length; i++) {
        int bits = tensor.hasRawData() ? raw.getShort() & 0xffff : tensor.getInt32Data(i);
        values[i] = type == DataType.FLOAT16 ? half(bits) : Float.intBitsToFloat(bits << 16);
      }
      try (INDArray wide = HostMemory.of(values, shape)) {
        return wide.castTo(type);
      }
    }
    boolean wide = type == DataType.INT64;
    int given = wide ? tensor.getInt64DataCount() : tensor.getInt32DataCount();
    long[] values = new long[count(tensor, shape, given, type.width())];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          tensor.hasRawData()
              ? integer(raw, type)
              : wide ? tensor.getInt64Data(i) : tensor.getInt32Data(i);
    }
    return HostMemory.of(values, type, shape);
  }

  private static int count(TensorProto tensor, long[] shape, int given, int width) {
    long expected = Broadcasting.size(shape);
    long held = tensor.hasRawData() ? tensor.getRawData().size() / width : given;
    if (held != expected) {
      throw new InvalidInputException(
          String.format("Constant %s holds %d of %d values.", tensor.getName(), held, expected));
    }
    return Math.toIntExact(expected);
  }

  private static long integer(ByteBuffer raw, DataType type) {
    return switch (type.width()) {
      case Long.BYTES -> raw.getLong();
      case Integer.BYTES -> raw.getInt();
      case Short.BYTES -> raw.getShort();
      default -> type == DataType.UINT8 ? raw.get() & 0xff : raw.get();
    };
  }

  /** IEEE 754 binary16: 1 sign, 5 exponent and 10 fraction bits. */
  static float half(int bits) {
    int exponent = bits >> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    float magnitude =
        switch (exponent) {
          case 0 -> fraction * 0x1p-24f;
          case 0x1f -> fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
          default -> Math.scalb(0x400 + fraction, exponent - 25);
        };
    return (bits & 0x8000) == 0 ? magnitude : -magnitude;
  }
}
