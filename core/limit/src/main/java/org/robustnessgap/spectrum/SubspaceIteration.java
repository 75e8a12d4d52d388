package org.robustnessgap.spectrum;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;

/**
 * The largest eigenvalues of a symmetric positive semidefinite matrix and their eigenvectors, by
 * simultaneous iteration with Rayleigh–Ritz projection (Rutishauser 1970; Halko, Martinsson, Tropp
 * 2011, with more vectors than are wanted). Costs products with the matrix and no decomposition of
 * it. Deterministic by the seed.
 *
 * @param values λ₁ ≥ … ≥ λ_d ≥ 0
 * @param vectors orthonormal, that of λᵢ at i
 * @param residual the largest ‖C uᵢ − λᵢ uᵢ‖ / λ₁: each λᵢ is so near to an eigenvalue
 */
public record SubspaceIteration(double[] values, double[][] vectors, double residual) {
  private static final int MOST_ITERATIONS = 300;

  /** What the iteration forgets fastest is beyond twice the wanted. */
  private static final int FURTHER = 10;

  /** Vectors so short are not worth another thread. */
  private static final int SMALL = 512;

  /**
   * @param wanted d, from 1 to the size of the matrix
   * @param seed of the first vectors
   * @param tolerance the residual that is small enough; after 300 iterations any is
   */
  public static SubspaceIteration of(
      SymmetricMatrix matrix, int wanted, long seed, double tolerance) {
    return of(matrix, wanted, 2 * wanted + FURTHER, seed, tolerance);
  }

  /**
   * The same with as many vectors as are given: the more, the fewer iterations, and a single one if
   * there are as many as rows.
   *
   * @param wanted d, from 1 to the size of the matrix
   * @param vectors how many are iterated, at least d; those beyond the size of the matrix are not
   * @param seed of the first vectors
   * @param tolerance the residual that is small enough; after 300 iterations any is
   */
  public static SubspaceIteration of(
      SymmetricMatrix matrix, int wanted, int vectors, long seed, double tolerance) {
    int columns = Math.min(matrix.size(), vectors);
    SplittableRandom random = new SplittableRandom(seed);
    double[][] basis = new double[columns][matrix.size()];
    for (double[] vector : basis) {
      Arrays.setAll(vector, i -> random.nextGaussian());
    }
    for (int iteration = 1; ; iteration++) {
      orthonormalise(basis, random);
      double[][] products = matrix.times(basis);
      double[][] projected = new double[columns][columns];
      for (int i = 0; i < columns; i++) {
        for (int j = 0; j <= i; j++) {
          projected[i][j] = (dot(basis[i], products[j]) + dot(basis[j], products[i])) / 2;
          projected[j][i] = projected[i][j];
        }
      }
      Eigenpairs ritz = Eigenpairs.of(new Array2DRowRealMatrix(projected, false));
      double[] values = Arrays.stream(ritz.values()).map(v -> Math.max(v, 0)).toArray();
      double[][] rotated = rotated(products, ritz);
      double[][] ritzVectors = rotated(basis, ritz);
      double residual = 0;
      for (int i = 0; i < wanted; i++) {
        residual = Math.max(residual, distance(rotated[i], ritzVectors[i], values[i]));
      }
      double relative = values[0] > 0 ? residual / values[0] : 0;
      if (relative <= tolerance || iteration == MOST_ITERATIONS) {
        return new SubspaceIteration(
            Arrays.copyOf(values, wanted), Arrays.copyOf(ritzVectors, wanted), relative);
      }
      basis = rotated;
    }
  }

  static void inParallel(int count, int size, IntConsumer task) {
    IntStream tasks = IntStream.range(0, count);
    (size < SMALL ? tasks : tasks.parallel()).forEach(task);
  }

  private static double[][] rotated(double[][] basis, Eigenpairs by) {
    double[][] rotated = new double[basis.length][];
    inParallel(
        basis.length,
        basis[0].length,
        i -> {
          double[] sum = new double[basis[0].length];
          for (int j = 0; j < basis.length; j++) {
            add(sum, by.vectors().getEntry(j, i), basis[j]);
          }
          rotated[i] = sum;
        });
    return rotated;
  }

  /** Gram and Schmidt, twice; what depends on those before becomes random. */
  private static void orthonormalise(double[][] basis, SplittableRandom random) {
    for (int i = 0; i < basis.length; i++) {
      double before = Math.sqrt(dot(basis[i], basis[i]));
      for (int pass = 0; pass < 2; pass++) {
        subtractProjections(basis, i);
      }
      double norm = Math.sqrt(dot(basis[i], basis[i]));
      while (!(norm > 1e-12 * before) || norm == 0) {
        Arrays.setAll(basis[i], k -> random.nextGaussian());
        before = Math.sqrt(dot(basis[i], basis[i]));
        for (int pass = 0; pass < 2; pass++) {
          subtractProjections(basis, i);
        }
        norm = Math.sqrt(dot(basis[i], basis[i]));
      }
      for (int k = 0; k < basis[i].length; k++) {
        basis[i][k] /= norm;
      }
    }
  }

  private static void subtractProjections(double[][] basis, int i) {
    for (int j = 0; j < i; j++) {
      add(basis[i], -dot(basis[i], basis[j]), basis[j]);
    }
  }

  private static void add(double[] sum, double factor, double[] vector) {
    for (int k = 0; k < sum.length; k++) {
      sum[k] += factor * vector[k];
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int k = 0; k < a.length; k++) {
      sum += a[k] * b[k];
    }
    return sum;
  }

  /** ‖product − value · vector‖. */
  private static double distance(double[] product, double[] vector, double value) {
    double sum = 0;
    for (int k = 0; k < product.length; k++) {
      double difference = product[k] - value * vector[k];
      sum += difference * difference;
    }
    return Math.sqrt(sum);
  }
}
