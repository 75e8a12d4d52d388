package org.robustnessgap.attack.metric;

import java.util.List;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.DecompositionSolver;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.jspecify.annotations.Nullable;

/**
 * The inverse of B + μI, where B is a diagonal matrix updated by secants as Broyden, Fletcher,
 * Goldfarb and Shanno do. By the compact form of Byrd, Nocedal and Schnabel (1994) B is the
 * diagonal D less a matrix of rank 2k for k secants, so the formula of Sherman, Morrison and
 * Woodbury inverts it. Immutable.
 */
final class Bfgs {
  private final double[] inverse;

  /** D times each step, then each change. */
  private final double[][] columns;

  /** Of the small system; null without secants. */
  private final @Nullable DecompositionSolver solver;

  private Bfgs(double[] inverse, double[][] columns, @Nullable DecompositionSolver solver) {
    this.inverse = inverse;
    this.columns = columns;
    this.solver = solver;
  }

  /**
   * @param diagonal D, positive
   * @param secants the oldest first
   * @param damping μ, not negative
   */
  static Bfgs inverse(double[] diagonal, List<Metric.Secant> secants, double damping) {
    int k = secants.size();
    double[][] columns = new double[2 * k][];
    for (int i = 0; i < k; i++) {
      columns[i] = product(diagonal, secants.get(i).step());
      columns[k + i] = secants.get(i).change();
    }
    double[] inverse = new double[diagonal.length];
    for (int i = 0; i < inverse.length; i++) {
      inverse[i] = 1 / (diagonal[i] + damping);
    }
    double[][] small = new double[2 * k][2 * k];
    for (int i = 0; i < k; i++) {
      double[] step = secants.get(i).step();
      for (int j = 0; j < k; j++) {
        small[i][j] = dot(step, columns[j]);
        if (i > j) {
          small[i][k + j] = dot(step, columns[k + j]);
          small[k + j][i] = small[i][k + j];
        }
      }
      small[k + i][k + i] = -dot(step, columns[k + i]);
    }
    for (int j = 0; j < 2 * k; j++) {
      double[] weighted = product(inverse, columns[j]);
      for (int i = 0; i < 2 * k; i++) {
        small[i][j] -= dot(columns[i], weighted);
      }
    }
    DecompositionSolver solver =
        k == 0 ? null : new LUDecomposition(MatrixUtils.createRealMatrix(small)).getSolver();
    // Secants that say the same twice say nothing.
    return solver == null || solver.isNonSingular()
        ? new Bfgs(inverse, columns, solver)
        : inverse(diagonal, secants.subList(1, k), damping);
  }

  /** (B + μI)⁻¹b. */
  double[] times(double[] b) {
    double[] x = product(inverse, b);
    if (solver == null) {
      return x;
    }
    double[] right = new double[columns.length];
    for (int j = 0; j < right.length; j++) {
      right[j] = dot(columns[j], x);
    }
    double[] weights = solver.solve(new ArrayRealVector(right, false)).toArray();
    for (int j = 0; j < weights.length; j++) {
      for (int i = 0; i < x.length; i++) {
        x[i] += inverse[i] * columns[j][i] * weights[j];
      }
    }
    return x;
  }

  static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static double[] product(double[] a, double[] b) {
    double[] product = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      product[i] = a[i] * b[i];
    }
    return product;
  }
}
