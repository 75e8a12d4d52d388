package org.robustnessgap.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One number of an array.
 *
 * @param kind what it is
 * @param bytes its length
 * @param order of these
 */
record Element(Kind kind, int bytes, ByteOrder order) {
  /** The largest of the levels that a byte has. */
  private static final int WHITE = 255;

  enum Kind {
    UNSIGNED,
    SIGNED,
    REAL
  }

  static final Element BYTE = new Element(Kind.UNSIGNED, 1, ByteOrder.BIG_ENDIAN);

  /** Whether there are such numbers. */
  boolean exists() {
    return kind == Kind.REAL
        ? bytes == 2 || bytes == 4 || bytes == 8
        : bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
  }

  /**
   * Numbers of an array as pixels: whole ones are levels from 0 to 255 whatever their length, real
   * ones are taken as they are.
   *
   * @param block holds them
   * @param indices which of its numbers, in which order
   * @throws UnreadableException if one can be no pixel
   */
  PixelValues values(byte[] block, int[] indices) throws UnreadableException {
    ByteBuffer numbers = ByteBuffer.wrap(block).order(order);
    return kind == Kind.REAL ? reals(numbers, indices) : levels(numbers, indices);
  }

  private PixelValues levels(ByteBuffer numbers, int[] indices) throws UnreadableException {
    int[] values = new int[indices.length];
    for (int i = 0; i < values.length; i++) {
      long value = whole(numbers, indices[i] * bytes);
      if (value < 0 || value > WHITE) {
        throw new UnreadableException(
            "holds %s, but whole numbers are levels from 0 to 255; store real numbers in the range of the classifier's pixels instead",
            kind == Kind.UNSIGNED ? Long.toUnsignedString(value) : Long.toString(value));
      }
      values[i] = (int) value;
    }
    return new PixelValues.Levels(values, WHITE);
  }

  private long whole(ByteBuffer numbers, int at) {
    boolean signed = kind == Kind.SIGNED;
    return switch (bytes) {
      case 1 -> signed ? numbers.get(at) : Byte.toUnsignedInt(numbers.get(at));
      case 2 -> signed ? numbers.getShort(at) : Short.toUnsignedInt(numbers.getShort(at));
      case 4 -> signed ? numbers.getInt(at) : Integer.toUnsignedLong(numbers.getInt(at));
      default -> numbers.getLong(at);
    };
  }

  private PixelValues reals(ByteBuffer numbers, int[] indices) throws UnreadableException {
    float[] values = new float[indices.length];
    for (int i = 0; i < values.length; i++) {
      int at = indices[i] * bytes;
      values[i] =
          switch (bytes) {
            case 2 -> half(numbers.getShort(at));
            case 4 -> numbers.getFloat(at);
            default -> (float) numbers.getDouble(at);
          };
      if (!Float.isFinite(values[i])) {
        throw new UnreadableException("holds %s, which is no pixel", values[i]);
      }
    }
    return new PixelValues.Numbers(values);
  }

  /** A number of 16 bits (IEEE 754 binary16). */
  static float half(short bits) {
    int exponent = bits >> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    float size =
        switch (exponent) {
          case 0 -> Math.scalb((float) fraction, -24);
          case 0x1f -> fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
          default -> Math.scalb((float) (0x400 | fraction), exponent - 25);
        };
    return bits < 0 ? -size : size;
  }
}
