package org.robustnessgap.certificate;

import org.jspecify.annotations.Nullable;

/**
 * A complex Gram matrix that is squared again and again: the largest eigenvalue λ of G obeys λ ≤
 * ‖G^(2^k)‖_F^(1/2^k), and the right side falls to λ as k grows. Unlike power iteration, which
 * approaches λ from below, every step is an upper bound.
 */
final class HermitianPower {
  private final int size;
  private double[] real;
  private double @Nullable [] imaginary;

  /** log of a factor ρ with λ(G) ≤ ρ λ(current)^weight. */
  private double logScale;

  private double weight = 1;

  private HermitianPower(int size, double[] real, double @Nullable [] imaginary) {
    this.size = size;
    this.real = real;
    this.imaginary = imaginary;
  }

  /**
   * A A* of a matrix, row-major; or A* A, which has the same largest eigenvalue, if that is
   * smaller.
   *
   * @param imaginary null if the matrix is real
   */
  static HermitianPower gram(double[] real, double @Nullable [] imaginary, int rows, int columns) {
    return rows <= columns
        ? gramOfRows(real, imaginary, rows, columns)
        : gramOfRows(
            transposed(real, rows, columns),
            imaginary == null ? null : transposed(imaginary, rows, columns),
            columns,
            rows);
  }

  private static double[] transposed(double[] values, int rows, int columns) {
    double[] result = new double[values.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        result[j * rows + i] = values[i * columns + j];
      }
    }
    return result;
  }

  /** Entry (i, j) is the inner product of rows i and j; the lower triangle follows. */
  private static HermitianPower gramOfRows(
      double[] re, double @Nullable [] im, int size, int length) {
    double[] real = new double[size * size];
    double[] imaginary = new double[im == null ? 0 : size * size];
    for (int i = 0; i < size; i++) {
      for (int j = i; j < size; j++) {
        double sum = 0;
        double sumIm = 0;
        int a = i * length;
        int b = j * length;
        if (im == null) {
          for (int k = 0; k < length; k++) {
            sum += re[a + k] * re[b + k];
          }
        } else {
          for (int k = 0; k < length; k++) {
            sum += re[a + k] * re[b + k] + im[a + k] * im[b + k];
            sumIm += im[a + k] * re[b + k] - re[a + k] * im[b + k];
          }
          imaginary[i * size + j] = sumIm;
          imaginary[j * size + i] = -sumIm;
        }
        real[i * size + j] = sum;
        real[j * size + i] = sum;
      }
    }
    return new HermitianPower(size, real, im == null ? null : imaginary);
  }

  /** An upper bound on √λ of the matrix it was made with; falls with every {@link #square}. */
  double bound() {
    double frobenius = frobenius();
    return frobenius == 0 ? 0 : Math.exp((logScale + weight * Math.log(frobenius)) / 2);
  }

  /** A Hermitian matrix times itself is the Gram matrix of its rows. */
  void square() {
    double frobenius = frobenius();
    if (frobenius == 0) {
      return;
    }
    logScale += weight * Math.log(frobenius);
    weight /= 2;
    scale(real, 1 / frobenius);
    if (imaginary != null) {
      scale(imaginary, 1 / frobenius);
    }
    HermitianPower squared = gramOfRows(real, imaginary, size, size);
    real = squared.real;
    imaginary = squared.imaginary;
  }

  private static void scale(double[] values, double factor) {
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
  }

  private double frobenius() {
    double sum = 0;
    for (double value : real) {
      sum += value * value;
    }
    if (imaginary != null) {
      for (double value : imaginary) {
        sum += value * value;
      }
    }
    return Math.sqrt(sum);
  }
}
