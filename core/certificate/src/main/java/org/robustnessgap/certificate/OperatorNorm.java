package org.robustnessgap.certificate;

/** Upper bounds on ℓ2 operator norms, never below the norm itself. */
final class OperatorNorm {
  /** Covers the rounding of the sums below, of relative size 1e-10 and less. */
  static final double ROUNDING = 1 + 1e-8;

  /** Multiplications that a bound may cost; larger matrices get fewer squarings. */
  private static final double EFFORT = 2e10;

  private static final int MOST_SQUARINGS = 10;

  private OperatorNorm() {}

  /**
   * Of a real matrix, row-major: within 0.1 % of the norm for up to a thousand rows or columns, and
   * looser where squaring its Gram matrix would take too long.
   */
  static double ofMatrix(double[] values, int rows, int columns) {
    double least = frobenius(values);
    least =
        Math.min(
            least,
            Math.sqrt(largestRow(values, rows, columns) * largestColumn(values, rows, columns)));
    double size = Math.min(rows, columns);
    double squarings = Math.min(MOST_SQUARINGS, EFFORT / (size * size * size));
    if (size * rows * columns <= EFFORT && squarings >= 1) {
      HermitianPower power = HermitianPower.gram(values, null, rows, columns);
      for (int i = 0; i < (int) squarings; i++) {
        power.square();
      }
      least = Math.min(least, power.bound());
    }
    return least * ROUNDING;
  }

  static double frobenius(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value * value;
    }
    return Math.sqrt(sum);
  }

  /** ‖A‖∞. */
  private static double largestRow(double[] values, int rows, int columns) {
    double largest = 0;
    for (int i = 0; i < rows; i++) {
      double sum = 0;
      for (int j = 0; j < columns; j++) {
        sum += Math.abs(values[i * columns + j]);
      }
      largest = Math.max(largest, sum);
    }
    return largest;
  }

  /** ‖A‖₁. */
  private static double largestColumn(double[] values, int rows, int columns) {
    double largest = 0;
    for (int j = 0; j < columns; j++) {
      double sum = 0;
      for (int i = 0; i < rows; i++) {
        sum += Math.abs(values[i * columns + j]);
      }
      largest = Math.max(largest, sum);
    }
    return largest;
  }
}
