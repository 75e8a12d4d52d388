package org.robustnessgap.onnx.integer;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.Map;

/**
 * Integers computed as real numbers.
 *
 * @param real the float32 value that holds them
 * @param elementType what they are declared to be, an {@code OnnxMl.TensorProto.DataType} number
 * @param low no number is smaller; −∞ if unknown
 * @param high no number is larger; ∞ if unknown
 */
public record WholeNumbers(String real, int elementType, double low, double high) {
  /** What a type holds. */
  public record IntegerRange(double low, double high) {
    static final IntegerRange UNKNOWN =
        new IntegerRange(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);

    /** How many numbers it holds. */
    double size() {
      return high - low + 1;
    }
  }

  /** Types whose arithmetic overflows within what float32 holds exactly. */
  private static final Map<Integer, IntegerRange> NARROW =
      Map.of(
          DataType.UINT8_VALUE, new IntegerRange(0, 255),
          DataType.INT8_VALUE, new IntegerRange(-128, 127),
          DataType.UINT16_VALUE, new IntegerRange(0, 65535),
          DataType.INT16_VALUE, new IntegerRange(-32768, 32767));

  private static final Map<Integer, IntegerRange> WIDE =
      Map.of(
          DataType.INT32_VALUE,
          IntegerRange.UNKNOWN,
          DataType.INT64_VALUE,
          IntegerRange.UNKNOWN,
          DataType.UINT32_VALUE,
          new IntegerRange(0, Double.POSITIVE_INFINITY),
          DataType.UINT64_VALUE,
          new IntegerRange(0, Double.POSITIVE_INFINITY));

  public static boolean isInteger(int elementType) {
    return NARROW.containsKey(elementType) || WIDE.containsKey(elementType);
  }

  /** Whether overflow is arithmetic modulo the number of values. */
  public static boolean wraps(int elementType) {
    return NARROW.containsKey(elementType);
  }

  static boolean isWideAndUnsigned(int elementType) {
    return WIDE.containsKey(elementType) && WIDE.get(elementType).low == 0;
  }

  public static IntegerRange range(int elementType) {
    return NARROW.getOrDefault(elementType, WIDE.getOrDefault(elementType, IntegerRange.UNKNOWN));
  }

  /** Whatever the type holds. */
  static WholeNumbers ofType(String real, int elementType) {
    IntegerRange range = range(elementType);
    return new WholeNumbers(real, elementType, range.low, range.high);
  }

  boolean isWithin(IntegerRange range) {
    return low >= range.low && high <= range.high;
  }
}
