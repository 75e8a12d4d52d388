package org.robustnessgap.attack.projection;

import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.BlockRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;
import org.robustnessgap.attack.map.DifferentiableMap;
import org.robustnessgap.attack.map.Rows;

/**
 * M = JᵀJ of a generator's Jacobian J at one latent vector, from forward differences: one
 * evaluation a latent dimension. Immutable.
 */
final class Curvature {
  private static final double DIFFERENCE = 1e-2;

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
