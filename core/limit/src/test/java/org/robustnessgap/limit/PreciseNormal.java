package org.robustnessgap.limit;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;

/**
 * The standard normal distribution by its power series in fixed-point arithmetic of 2,400 bits: an
 * independent reference for tails as small as a double can be.
 */
final class PreciseNormal {
  private static final int BITS = 2_400;
  private static final MathContext DIGITS = new MathContext(400);
  private static final BigDecimal ONE = new BigDecimal(BigInteger.ONE.shiftLeft(BITS));
  private static final BigInteger ROOT_OF_TWO_PI =
      fixed(BigDecimal.valueOf(2).multiply(pi()).sqrt(DIGITS));

  private PreciseNormal() {}

  /** φ(x) = 1 / (√(2π) Σ (x²/2)ⁿ/n!). */
  static BigDecimal density(BigDecimal x) {
    return new BigDecimal(fixedDensity(fixed(x))).divide(ONE, DIGITS);
  }

  private static BigInteger fixedDensity(BigInteger x) {
    BigInteger half = product(x, x).shiftRight(1);
    BigInteger term = BigInteger.ONE.shiftLeft(BITS);
    BigInteger sum = term;
    for (int n = 1; term.signum() != 0; n++) {
      term = product(term, half).divide(BigInteger.valueOf(n));
      sum = sum.add(term);
    }
    return BigInteger.ONE.shiftLeft(2 * BITS).divide(product(sum, ROOT_OF_TWO_PI));
  }

  /** Q(x) = ½ − φ(x) Σ x^(2k+1) / (1 · 3 · … · (2k+1)). */
  static BigDecimal tail(BigDecimal x) {
    BigInteger fixed = fixed(x);
    BigInteger square = product(fixed, fixed);
    BigInteger term = fixed.abs();
    BigInteger sum = term;
    for (int odd = 3; term.signum() != 0; odd += 2) {
      term = product(term, square).divide(BigInteger.valueOf(odd));
      sum = sum.add(term);
    }
    BigInteger reached = product(fixedDensity(fixed), sum);
    BigInteger half = BigInteger.ONE.shiftLeft(BITS - 1);
    BigInteger tail = x.signum() < 0 ? half.add(reached) : half.subtract(reached);
    return new BigDecimal(tail).divide(ONE, DIGITS);
  }

  /** Q⁻¹(m) by Newton's method, to 60 digits and more. */
  static BigDecimal inverseTail(BigDecimal m) {
    BigDecimal x =
        new BigDecimal(Gaussian.NORMAL.inverseSurvivalProbability(m.doubleValue()), DIGITS);
    for (int step = 0; step < 4; step++) {
      x = x.add(tail(x).subtract(m, DIGITS).divide(density(x), DIGITS), DIGITS);
    }
    return x;
  }

  private static BigInteger fixed(BigDecimal x) {
    return x.multiply(ONE).toBigInteger();
  }

  private static BigInteger product(BigInteger a, BigInteger b) {
    return a.multiply(b).shiftRight(BITS);
  }

  /** π by Machin's formula. */
  private static BigDecimal pi() {
    return BigDecimal.valueOf(16)
        .multiply(inverseTangentOfReciprocal(5))
        .subtract(BigDecimal.valueOf(4).multiply(inverseTangentOfReciprocal(239)), DIGITS);
  }

  private static BigDecimal inverseTangentOfReciprocal(int n) {
    BigDecimal power = BigDecimal.ONE.divide(BigDecimal.valueOf(n), DIGITS);
    BigDecimal sum = BigDecimal.ZERO;
    for (int odd = 1; power.compareTo(new BigDecimal("1e-390")) > 0; odd += 2) {
      BigDecimal term = power.divide(BigDecimal.valueOf(odd), DIGITS);
      sum = odd % 4 == 1 ? sum.add(term, DIGITS) : sum.subtract(term, DIGITS);
      power = power.divide(BigDecimal.valueOf((long) n * n), DIGITS);
    }
    return sum;
  }
}
