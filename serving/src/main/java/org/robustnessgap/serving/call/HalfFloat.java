package org.robustnessgap.serving.call;

/** IEEE 754 binary16, as bits. */
public final class HalfFloat {
  private static final int SIGN = 0x8000;
  private static final int INFINITY = 0x7c00;
  private static final int QUIET = 0x200;
  private static final int FRACTION_BITS = 10;
  private static final int FRACTION = (1 << FRACTION_BITS) - 1;
  private static final int BIAS = 15;
  private static final int SMALLEST_EXPONENT = -14;

  private HalfFloat() {}

  public static float toFloat(short bits) {
    int exponent = (bits & INFINITY) >> FRACTION_BITS;
    int fraction = bits & FRACTION;
    float magnitude;
    if (exponent == INFINITY >> FRACTION_BITS) {
      magnitude = fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
    } else if (exponent == 0) {
      magnitude = Math.scalb((float) fraction, SMALLEST_EXPONENT - FRACTION_BITS);
    } else {
      magnitude =
          Math.scalb((float) (fraction | 1 << FRACTION_BITS), exponent - BIAS - FRACTION_BITS);
    }
    return (bits & SIGN) == 0 ? magnitude : -magnitude;
  }

  /** The nearest; of two the even one. */
  public static short ofFloat(float value) {
    int sign = Float.floatToRawIntBits(value) >>> 16 & SIGN;
    if (Float.isNaN(value)) {
      return (short) (sign | INFINITY | QUIET);
    }
    float magnitude = Math.abs(value);
    if (Float.isInfinite(magnitude)) {
      return (short) (sign | INFINITY);
    }
    int exponent = Math.max(SMALLEST_EXPONENT, Math.getExponent(magnitude));
    if (exponent > BIAS) {
      return (short) (sign | INFINITY);
    }
    // Of numbers below the smallest exponent the leading bit is missing, which is right: bits of
    // the exponent and of the fraction are added, and a carry gives the next exponent, or infinity.
    int fraction = (int) Math.rint(Math.scalb((double) magnitude, FRACTION_BITS - exponent));
    int bits = (exponent - SMALLEST_EXPONENT << FRACTION_BITS) + fraction;
    return (short) (sign | bits);
  }
}
