package org.robustnessgap.attack.projection;

import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.BlockRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;
import org.robustnessgap.attack.map.DifferentiableMap;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.map.Vectors;

/**
 * M = JᵀJ of a generator's Jacobian J at one latent vector, from forward differences: one
 * evaluation a latent dimension. Immutable.
 */
final class Curvature {
  private static final double DIFFERENCE = 1e-2;

  /** Of a multiplier, in mean eigenvalues: nothing moves beyond. */
  private static final double MOST = 1e12;

  private static final int HALVINGS = 16;

  private final RealMatrix gram;
  private final double mean;

  private Curvature(RealMatrix gram) {
    this.gram = gram;
    double share = gram.getTrace() / gram.getRowDimension();
    // A generator that does not move at all here leaves the latent norm as the only measure.
    this.mean = share > 0 ? share : 1;
  }

  /**
   * @param z [d]
   * @param image g(z), [m]
   */
  static Curvature at(DifferentiableMap generator, float[] z, float[] image) {
    int d = z.length;
    float[] shifted = new float[d * d];
    for (int i = 0; i < d; i++) {
      System.arraycopy(z, 0, shifted, i * d, d);
      shifted[i * d + i] += (float) DIFFERENCE;
    }
    float[] moved = generator.apply(new Rows(shifted, d)).values();
    double[][] columns = new double[d][image.length];
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < image.length; j++) {
        columns[i][j] = (moved[i * image.length + j] - image[j]) / DIFFERENCE;
      }
    }
    RealMatrix transposed = new BlockRealMatrix(columns);
    return new Curvature(transposed.multiply(transposed.transpose()));
  }

  /**
   * (M + damping · mean eigenvalue of M)⁻¹ v.
   *
   * @param damping positive
   */
  float[] solve(float[] v, double damping) {
    RealMatrix damped = gram.copy();
    for (int i = 0; i < v.length; i++) {
      damped.addToEntry(i, i, damping * mean);
    }
    double[] solution =
        new CholeskyDecomposition(damped, Double.POSITIVE_INFINITY, 0)
            .getSolver()
            .solve(vector(v))
            .toArray();
    float[] rounded = new float[solution.length];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = (float) solution[i];
    }
    return rounded;
  }

  /**
   * The step s from z to where the damped model is least of all places no longer than a radius:
   * with the multiplier λ of ‖z + s‖ ≤ radius, (M + damping · mean eigenvalue of M + λ)⁻¹ (v − λz),
   * and λ = 0 if that is short enough.
   *
   * @param v downhill
   * @param radius at least ‖z‖; infinite for anywhere
   */
  float[] solveWithin(double radius, float[] z, float[] v, double damping) {
    float[] free = solve(v, damping);
    if (!(length(z, free) > radius)) {
      return free;
    }
    double tooSmall = 0;
    double enough = damping;
    float[] step = bounded(z, v, damping, enough);
    while (length(z, step) > radius && enough < MOST) {
      tooSmall = enough;
      enough *= 10;
      step = bounded(z, v, damping, enough);
    }
    for (int i = 0; i < HALVINGS; i++) {
      double middle = tooSmall == 0 ? enough / 10 : Math.sqrt(tooSmall * enough);
      float[] tried = bounded(z, v, damping, middle);
      if (length(z, tried) > radius) {
        tooSmall = middle;
      } else {
        enough = middle;
        step = tried;
      }
    }
    return step;
  }

  /**
   * @param multiplier λ, in mean eigenvalues
   */
  private float[] bounded(float[] z, float[] v, double damping, double multiplier) {
    return solve(Vectors.sum(v, z, -multiplier * mean), damping + multiplier);
  }

  private static double length(float[] z, float[] step) {
    return Vectors.norm(Vectors.sum(z, step, 1));
  }

  /** sᵀMs. */
  double along(float[] s) {
    return gram.operate(vector(s)).dotProduct(vector(s));
  }

  private static RealVector vector(float[] values) {
    RealVector vector = new ArrayRealVector(values.length);
    for (int i = 0; i < values.length; i++) {
      vector.setEntry(i, values[i]);
    }
    return vector;
  }
}
