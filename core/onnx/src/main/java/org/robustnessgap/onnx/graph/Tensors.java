package org.robustnessgap.onnx.graph;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.OptionalLong;
import org.robustnessgap.messages.InvalidInputException;

/** Reading and making the constants of a model. */
public final class Tensors {
  /** More elements fit in no file. */
  private static final long LARGEST = 1L << 40;

  private Tensors() {}

  /** A float32 constant. */
  public static TensorProto floats(String name, float[] values, long... shape) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return tensor(name, TensorProto.DataType.FLOAT, bytes, shape);
  }

  /** An int64 constant of rank 1. */
  public static TensorProto longs(String name, long... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    return tensor(name, TensorProto.DataType.INT64, bytes, values.length);
  }

  private static TensorProto tensor(
      String name, TensorProto.DataType type, ByteBuffer bytes, long... shape) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(type.getNumber())
            .setRawData(ByteString.copyFrom(bytes));
    Arrays.stream(shape).forEach(tensor::addDims);
    return tensor.build();
  }

  /**
   * Refuses a tensor whose shape speaks of more or fewer elements than it holds: a runtime may
   * trust the shape.
   *
   * @param model that holds it
   */
  static void requireSize(String model, TensorProto tensor) {
    long size = 1;
    for (long dimension : tensor.getDimsList()) {
      if (dimension < 0 || dimension > 0 && size > LARGEST / dimension) {
        size = -1;
        break;
      }
      size *= dimension;
    }
    OptionalLong held = held(tensor);
    if (size < 0 || held.isPresent() && held.getAsLong() != size) {
      throw new InvalidInputException(
          String.format(
              "Weight %s of %s does not hold as many elements as its shape %s says; export the model anew.",
              tensor.getName(), model, tensor.getDimsList()));
    }
  }

  /** Number of elements; empty for types that are packed or rare. */
  private static OptionalLong held(TensorProto tensor) {
    int bytes =
        switch (tensor.getDataType()) {
          case TensorProto.DataType.BOOL_VALUE,
              TensorProto.DataType.INT8_VALUE,
              TensorProto.DataType.UINT8_VALUE ->
              1;
          case TensorProto.DataType.FLOAT16_VALUE,
              TensorProto.DataType.BFLOAT16_VALUE,
              TensorProto.DataType.INT16_VALUE,
              TensorProto.DataType.UINT16_VALUE ->
              2;
          case TensorProto.DataType.FLOAT_VALUE, TensorProto.DataType.INT32_VALUE -> 4;
          case TensorProto.DataType.DOUBLE_VALUE, TensorProto.DataType.INT64_VALUE -> 8;
          default -> 0;
        };
    if (bytes == 0) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(
        tensor.hasRawData()
            ? tensor.getRawData().size() / bytes
            : (long) tensor.getFloatDataCount()
                + tensor.getDoubleDataCount()
                + tensor.getInt32DataCount()
                + tensor.getInt64DataCount());
  }

  /**
   * The values of a float32 constant, row-major.
   *
   * @throws InvalidInputException if it holds another type, or not as many values as its shape says
   */
  public static float[] values(TensorProto tensor) {
    if (tensor.getDataType() != TensorProto.DataType.FLOAT_VALUE) {
      throw new InvalidInputException(
          "Constant " + tensor.getName() + " is not float32; export the model in float32.");
    }
    float[] values;
    if (tensor.hasRawData()) {
      values = new float[tensor.getRawData().size() / Float.BYTES];
      tensor
          .getRawData()
          .asReadOnlyByteBuffer()
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer()
          .get(values);
    } else {
      values = new float[tensor.getFloatDataCount()];
      for (int i = 0; i < values.length; i++) {
        values[i] = tensor.getFloatData(i);
      }
    }
    long expected = 1;
    for (long dimension : tensor.getDimsList()) {
      expected *= dimension;
    }
    if (values.length != expected) {
      throw new InvalidInputException(
          String.format(
              "Constant %s holds %d of %d values.", tensor.getName(), values.length, expected));
    }
    return values;
  }

  /**
   * The bytes of a constant of float32, int64, int32 or truth values, little-endian; empty for
   * other types, unless it holds bytes.
   */
  public static byte[] bytes(TensorProto tensor) {
    if (tensor.hasRawData()) {
      return tensor.getRawData().toByteArray();
    }
    return switch (tensor.getDataType()) {
      case TensorProto.DataType.FLOAT_VALUE ->
          floats("", values(tensor), shape(tensor)).getRawData().toByteArray();
      case TensorProto.DataType.INT64_VALUE ->
          longs("", integers(tensor)).getRawData().toByteArray();
      case TensorProto.DataType.INT32_VALUE -> {
        ByteBuffer bytes =
            ByteBuffer.allocate(tensor.getInt32DataCount() * Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        tensor.getInt32DataList().forEach(bytes::putInt);
        yield bytes.array();
      }
      case TensorProto.DataType.BOOL_VALUE -> {
        byte[] bytes = new byte[tensor.getInt32DataCount()];
        for (int i = 0; i < bytes.length; i++) {
          bytes[i] = (byte) tensor.getInt32Data(i);
        }
        yield bytes;
      }
      default -> new byte[0];
    };
  }

  /**
   * The values of a constant of integers.
   *
   * @throws InvalidInputException if it holds another type
   */
  public static long[] integers(TensorProto tensor) {
    int bytes =
        switch (tensor.getDataType()) {
          case TensorProto.DataType.INT8_VALUE, TensorProto.DataType.UINT8_VALUE -> 1;
          case TensorProto.DataType.INT16_VALUE, TensorProto.DataType.UINT16_VALUE -> 2;
          case TensorProto.DataType.INT32_VALUE, TensorProto.DataType.UINT32_VALUE -> 4;
          case TensorProto.DataType.INT64_VALUE, TensorProto.DataType.UINT64_VALUE -> 8;
          default ->
              throw new InvalidInputException(
                  "Constant " + tensor.getName() + " does not hold integers.");
        };
    if (!tensor.hasRawData()) {
      return tensor.getInt32DataCount() > 0
          ? tensor.getInt32DataList().stream().mapToLong(Integer::longValue).toArray()
          : (tensor.getInt64DataCount() > 0
                  ? tensor.getInt64DataList()
                  : tensor.getUint64DataList())
              .stream().mapToLong(Long::longValue).toArray();
    }
    ByteBuffer raw = tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    long[] values = new long[raw.remaining() / bytes];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (tensor.getDataType()) {
            case TensorProto.DataType.INT8_VALUE -> raw.get();
            case TensorProto.DataType.UINT8_VALUE -> Byte.toUnsignedLong(raw.get());
            case TensorProto.DataType.INT16_VALUE -> raw.getShort();
            case TensorProto.DataType.UINT16_VALUE -> Short.toUnsignedLong(raw.getShort());
            case TensorProto.DataType.INT32_VALUE -> raw.getInt();
            case TensorProto.DataType.UINT32_VALUE -> Integer.toUnsignedLong(raw.getInt());
            default -> raw.getLong();
          };
    }
    return values;
  }

  /** Whether a constant of an integer type or of truth values is 0 or false throughout. */
  public static boolean isZero(TensorProto tensor) {
    for (byte part : tensor.getRawData()) {
      if (part != 0) {
        return false;
      }
    }
    return tensor.getInt32DataList().stream().allMatch(value -> value == 0)
        && tensor.getInt64DataList().stream().allMatch(value -> value == 0);
  }

  public static long[] shape(TensorProto tensor) {
    return tensor.getDimsList().stream().mapToLong(Long::longValue).toArray();
  }
}
