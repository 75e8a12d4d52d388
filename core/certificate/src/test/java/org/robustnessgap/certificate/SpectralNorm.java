package org.robustnessgap.certificate;

import java.util.Arrays;
import java.util.Random;

/** The largest singular value by power iteration: from below, so independent of our bounds. */
final class SpectralNorm {
  private static final int ITERATIONS = 300;

  private SpectralNorm() {}

  static double of(double[][] matrix) {
    int columns = matrix[0].length;
    double[] v = new Random(7).doubles(columns).map(u -> u - 0.5).toArray();
    double squared = 0;
    for (int iteration = 0; iteration < ITERATIONS; iteration++) {
      double length = Math.sqrt(Arrays.stream(v).map(x -> x * x).sum());
      double[] next = new double[columns];
      for (double[] row : matrix) {
        double product = 0;
        for (int j = 0; j < columns; j++) {
          product += row[j] * v[j] / length;
        }
        for (int j = 0; product != 0 && j < columns; j++) {
          next[j] += product * row[j];
        }
      }
      v = next;
      double before = squared;
      squared = Math.sqrt(Arrays.stream(v).map(x -> x * x).sum());
      if (squared == 0 || Math.abs(squared - before) <= 1e-10 * squared) {
        break;
      }
    }
    return Math.sqrt(squared);
  }
}
