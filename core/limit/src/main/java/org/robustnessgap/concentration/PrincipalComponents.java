package org.robustnessgap.concentration;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * Directions of largest variance, by subspace iteration, without the d × d covariance. They are
 * candidates for a search, so a rough answer does: ten rounds.
 */
final class PrincipalComponents {
  private static final int ROUNDS = 10;
  private static final int MOST_POINTS = 8000;

  private PrincipalComponents() {}

  /**
   * @param points in no order that matters; at most 8000 are used, from the first
   * @param count at least 1, at most their dimension d
   * @param seed where the iteration starts
   * @return orthonormal, d values each, by descending variance; fewer than asked for where the
   *     points have no more
   */
  static double[][] of(float[][] points, int count, long seed) {
    float[][] used = Arrays.copyOf(points, Math.min(points.length, MOST_POINTS));
    double[] mean = mean(used);
    SplittableRandom random = new SplittableRandom(seed);
    double[][] basis = new double[count][mean.length];
    for (double[] row : basis) {
      Arrays.setAll(row, k -> random.nextGaussian());
    }
    orthonormalise(basis);
    for (int round = 0; round < ROUNDS; round++) {
      basis = timesCovariance(basis, used, mean);
      orthonormalise(basis);
    }
    return Arrays.stream(rotated(basis, used, mean))
        .filter(row -> dot(row, row) > 0.5) // either 1 or 0
        .toArray(double[][]::new);
  }

  private static double[] mean(float[][] points) {
    double[] mean = new double[points[0].length];
    for (float[] point : points) {
      for (int k = 0; k < mean.length; k++) {
        mean[k] += point[k] / (double) points.length;
      }
    }
    return mean;
  }

  /** Each row times the covariance and n. */
  private static double[][] timesCovariance(double[][] basis, float[][] points, double[] mean) {
    return Arrays.stream(basis)
        .parallel()
        .map(row -> timesCovariance(row, points, mean))
        .toArray(double[][]::new);
  }

  private static double[] timesCovariance(double[] row, float[][] points, double[] mean) {
    double[] product = new double[mean.length];
    double ofMean = dot(row, mean);
    for (float[] point : points) {
      double along = Vectors.dot(row, point) - ofMean;
      for (int k = 0; k < product.length; k++) {
        product[k] += along * (point[k] - mean[k]);
      }
    }
    return product;
  }

  /** Gram–Schmidt; a row that depends on earlier ones, as with data of low rank, becomes 0. */
  private static void orthonormalise(double[][] rows) {
    for (int i = 0; i < rows.length; i++) {
      double before = Math.sqrt(dot(rows[i], rows[i]));
      for (int twice = 0; twice < 2; twice++) {
        for (int j = 0; j < i; j++) {
          subtract(rows[i], rows[j], dot(rows[i], rows[j]));
        }
      }
      double length = Math.sqrt(dot(rows[i], rows[i]));
      double scale = length > 1e-12 * before ? 1 / length : 0;
      rows[i] = Arrays.stream(rows[i]).map(v -> v * scale).toArray();
    }
  }

  private static void subtract(double[] from, double[] row, double factor) {
    for (int k = 0; k < from.length; k++) {
      from[k] -= factor * row[k];
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int k = 0; k < a.length; k++) {
      sum += a[k] * b[k];
    }
    return sum;
  }

  /** Eigenvectors of the covariance within the subspace (Rayleigh–Ritz). */
  private static double[][] rotated(double[][] basis, float[][] points, double[] mean) {
    RealMatrix q = new Array2DRowRealMatrix(basis, false);
    RealMatrix image = new Array2DRowRealMatrix(timesCovariance(basis, points, mean), false);
    RealMatrix small = q.multiply(image.transpose());
    small = small.add(small.transpose());
    return new EigenDecomposition(small).getV().transpose().multiply(q).getData();
  }
}
