package org.robustnessgap.fit.autoencoder;

import java.util.Arrays;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * Mean and covariance of the latent vectors that the encoder draws of all images: the mixture of
 * N(μ(x), diag exp v(x)) has the mean of μ(x), and the covariance of μ(x) plus the mean of exp
 * v(x). A distribution of mean 0 and covariance I gets these moments by z ↦ mean + L z.
 *
 * @param mean of d values
 * @param factor L, lower triangular, L Lᵀ the covariance
 */
record Aggregate(double[] mean, RealMatrix factor) {
  int latent() {
    return mean.length;
  }

  /** A dense layer, y = x · matrix + bias for rows x. */
  record Layer(RealMatrix matrix, double[] bias) {
    /**
     * @param matrix [in, out], row-major
     */
    static Layer of(float[] matrix, float[] bias) {
      int out = bias.length;
      double[][] rows = new double[matrix.length / out][out];
      for (int i = 0; i < matrix.length; i++) {
        rows[i / out][i % out] = matrix[i];
      }
      double[] wide = new double[out];
      Arrays.setAll(wide, k -> bias[k]);
      return new Layer(new Array2DRowRealMatrix(rows, false), wide);
    }

    float[] matrixValues() {
      int out = bias.length;
      float[] values = new float[matrix.getRowDimension() * out];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) matrix.getEntry(i / out, i % out);
      }
      return values;
    }

    float[] biasValues() {
      float[] values = new float[bias.length];
      for (int k = 0; k < values.length; k++) {
        values[k] = (float) bias[k];
      }
      return values;
    }
  }

  /** The layer that does to z what the given one does to mean + L z. */
  Layer before(Layer first) {
    double[] bias = first.matrix().preMultiply(mean);
    Arrays.setAll(bias, k -> bias[k] + first.bias()[k]);
    return new Layer(factor.transpose().multiply(first.matrix()), bias);
  }

  /** L⁻¹, lower triangular. */
  RealMatrix inverse() {
    return new LUDecomposition(factor).getSolver().getInverse();
  }

  /** The layer that gives z where the first d outputs of the given one are mean + L z. */
  Layer after(Layer last) {
    int d = latent();
    int in = last.matrix().getRowDimension();
    RealMatrix inverse = inverse().transpose();
    double[] centred = new double[d];
    Arrays.setAll(centred, k -> last.bias()[k] - mean[k]);
    return new Layer(
        last.matrix().getSubMatrix(0, in - 1, 0, d - 1).multiply(inverse),
        inverse.preMultiply(centred));
  }

  /**
   * Of what the encoder says of images.
   *
   * @param means μ, [count, d]
   * @param deviations exp(v/2), [count, d]
   */
  static Aggregate of(float[] means, float[] deviations, int latent) {
    int count = means.length / latent;
    double[] mean = new double[latent];
    double[][] products = new double[latent][latent];
    double[] variances = new double[latent];
    for (int at = 0; at < means.length; at += latent) {
      for (int i = 0; i < latent; i++) {
        double value = means[at + i];
        mean[i] += value;
        variances[i] += (double) deviations[at + i] * deviations[at + i];
        for (int j = 0; j <= i; j++) {
          products[i][j] += value * means[at + j];
        }
      }
    }
    Arrays.setAll(mean, i -> mean[i] / count);
    double[][] covariance = new double[latent][latent];
    for (int i = 0; i < latent; i++) {
      for (int j = 0; j <= i; j++) {
        double value = products[i][j] / count - mean[i] * mean[j];
        covariance[i][j] = i == j ? value + variances[i] / count : value;
        covariance[j][i] = covariance[i][j];
      }
    }
    RealMatrix symmetric = new Array2DRowRealMatrix(covariance, false);
    return new Aggregate(mean, new CholeskyDecomposition(symmetric).getL());
  }
}
