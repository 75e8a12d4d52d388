package org.robustnessgap.serving.oip;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.robustnessgap.serving.call.HalfFloat;
import org.robustnessgap.serving.call.OutputTensor;

/** Elements of a tensor as bytes, the lowest first; texts each behind its length. */
final class RawNumbers {
  private static final long UNSIGNED_INT = 0xffffffffL;

  private RawNumbers() {}

  /**
   * @throws IllegalArgumentException if the bytes are no elements of the type, which the message
   *     says as half a sentence
   */
  static OutputTensor tensor(String name, String datatype, List<Long> shape, byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    return datatype.equals(OutputTensor.BYTES)
        ? new OutputTensor(name, datatype, shape, new double[0], texts(in))
        : new OutputTensor(name, datatype, shape, numbers(datatype, in), List.of());
  }

  private static double[] numbers(String datatype, ByteBuffer in) {
    int size = size(datatype);
    if (in.remaining() % size != 0) {
      throw new IllegalArgumentException(in.remaining() + " bytes are no " + datatype);
    }
    double[] numbers = new double[in.remaining() / size];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = number(datatype, in);
    }
    return numbers;
  }

  private static int size(String datatype) {
    return switch (datatype) {
      case "BOOL", "UINT8", "INT8" -> Byte.BYTES;
      case "UINT16", "INT16", "FP16", "BF16" -> Short.BYTES;
      case "UINT32", "INT32", "FP32" -> Integer.BYTES;
      case "UINT64", "INT64", "FP64" -> Long.BYTES;
      default -> throw new IllegalArgumentException("datatype '" + datatype + "' is unknown");
    };
  }

  private static double number(String datatype, ByteBuffer in) {
    return switch (datatype) {
      case "FP32" -> in.getFloat();
      case "FP64" -> in.getDouble();
      case "FP16" -> HalfFloat.toFloat(in.getShort());
      // The upper half of a float.
      case "BF16" -> Float.intBitsToFloat(in.getShort() << Short.SIZE);
      case "INT8" -> in.get();
      case "INT16" -> in.getShort();
      case "UINT16" -> Short.toUnsignedInt(in.getShort());
      case "INT32" -> in.getInt();
      case "UINT32" -> in.getInt() & UNSIGNED_INT;
      case "INT64", "UINT64" -> in.getLong();
      default -> Byte.toUnsignedInt(in.get());
    };
  }

  private static List<String> texts(ByteBuffer in) {
    List<String> texts = new ArrayList<>();
    while (in.remaining() >= Integer.BYTES) {
      int length = in.getInt();
      if (length < 0 || length > in.remaining()) {
        throw new IllegalArgumentException("bytes are no texts behind their lengths");
      }
      texts.add(new String(in.array(), in.position(), length, StandardCharsets.UTF_8));
      in.position(in.position() + length);
    }
    if (in.hasRemaining()) {
      throw new IllegalArgumentException("bytes are no texts behind their lengths");
    }
    return texts;
  }
}
