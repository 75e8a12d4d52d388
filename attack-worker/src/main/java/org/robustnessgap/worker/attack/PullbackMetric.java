package org.robustnessgap.worker.attack;

import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * The distance of images, seen from latent space: ‖g(z+r) − g(z)‖² ≈ rᵀMr with M = JᵀJ, J the
 * Jacobian of g at z. With M = CCᵀ the coordinates are u = Cᵀr: a step of length 1 moves the image
 * by 1. J comes from forward differences, one evaluation of g a latent dimension.
 *
 * <p>Directions that hardly move the image would be taken for free although they are so at z only;
 * a thousandth of M's mean eigenvalue is added to all of them.
 */
final class PullbackMetric implements Metric {
  private static final double DIFFERENCE = 1e-2;
  private static final double FLOOR = 1e-3;

  /** Lower triangular C of each sample, row-major. */
  private final List<double[][]> factors;

  private PullbackMetric(List<double[][]> factors) {
    this.factors = factors;
  }

  /**
   * @param generator g
   * @param z [n, d]
   * @param images g(z), [n, m]
   */
  static PullbackMetric of(DifferentiableMap generator, Rows z, Rows images) {
    List<double[][]> factors = new ArrayList<>();
    for (int sample = 0; sample < z.count(); sample++) {
      factors.add(factor(metric(generator, z.row(sample), images.row(sample))));
    }
    return new PullbackMetric(factors);
  }

  /** JᵀJ, row-major [d, d]; the lower triangle is filled. */
  private static double[][] metric(DifferentiableMap generator, float[] z, float[] image) {
    int d = z.length;
    float[] shifted = new float[d * d];
    for (int i = 0; i < d; i++) {
      System.arraycopy(z, 0, shifted, i * d, d);
      shifted[i * d + i] += (float) DIFFERENCE;
    }
    float[] jacobian = generator.apply(new Rows(shifted, d)).values();
    int m = image.length;
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < m; j++) {
        jacobian[i * m + j] = (float) ((jacobian[i * m + j] - image[j]) / DIFFERENCE);
      }
    }
    double[][] metric = new double[d][d];
    for (int i = 0; i < d; i++) {
      for (int k = 0; k <= i; k++) {
        metric[i][k] = dot(jacobian, i * m, k * m, m);
      }
    }
    return metric;
  }

  private static double dot(float[] values, int a, int b, int length) {
    // Eight partial sums let the compiler use vectors, and keep the rounding error small.
    float[] sums = new float[8];
    int whole = length - length % 8;
    double total = 0;
    for (int i = 0; i < whole; i += 8) {
      for (int lane = 0; lane < 8; lane++) {
        sums[lane] += values[a + i + lane] * values[b + i + lane];
      }
    }
    for (float sum : sums) {
      total += sum;
    }
    for (int i = whole; i < length; i++) {
      total += values[a + i] * values[b + i];
    }
    return total;
  }

  private static double[][] factor(double[][] lower) {
    int d = lower.length;
    double trace = 0;
    for (int i = 0; i < d; i++) {
      trace += lower[i][i];
    }
    // A generator that does not move at all here leaves the latent norm as the only measure.
    double floor = trace > 0 ? FLOOR * trace / d : 1;
    RealMatrix metric = MatrixUtils.createRealMatrix(d, d);
    for (int i = 0; i < d; i++) {
      for (int k = 0; k <= i; k++) {
        double value = lower[i][k] + (i == k ? floor : 0);
        metric.setEntry(i, k, value);
        metric.setEntry(k, i, value);
      }
    }
    return new CholeskyDecomposition(metric).getL().getData();
  }

  /** r with Cᵀr = u, by back substitution. */
  @Override
  public float[] displacement(int sample, float[] coordinates) {
    double[][] c = factors.get(sample);
    int d = c.length;
    double[] r = new double[d];
    float[] displacement = new float[d];
    for (int i = d - 1; i >= 0; i--) {
      double rest = coordinates[i];
      for (int k = i + 1; k < d; k++) {
        rest -= c[k][i] * r[k];
      }
      r[i] = rest / c[i][i];
      displacement[i] = (float) r[i];
    }
    return displacement;
  }

  /** C⁻¹ times the gradient, by forward substitution. */
  @Override
  public float[] gradient(int sample, float[] gradient) {
    double[][] c = factors.get(sample);
    int d = c.length;
    double[] v = new double[d];
    float[] pulledBack = new float[d];
    for (int i = 0; i < d; i++) {
      double rest = gradient[i];
      for (int k = 0; k < i; k++) {
        rest -= c[i][k] * v[k];
      }
      v[i] = rest / c[i][i];
      pulledBack[i] = (float) v[i];
    }
    return pulledBack;
  }
}
