package org.robustnessgap.spectrum;

/**
 * The covariance of n points of m values, C = Σ (x − μ)(x − μ)ᵀ / n, without the m² numbers of it:
 * a product goes over the points.
 */
public final class SampleCovariance implements SymmetricMatrix {
  private final float[][] points;
  private final double[] mean;

  /**
   * @param points at least one, all of as many values; read, not copied
   */
  public SampleCovariance(float[][] points) {
    this.points = points;
    this.mean = new double[points[0].length];
    for (float[] point : points) {
      for (int k = 0; k < mean.length; k++) {
        mean[k] += point[k] / (double) points.length;
      }
    }
  }

  @Override
  public int size() {
    return mean.length;
  }

  @Override
  public double[] times(double[] vector) {
    double ofMean = 0;
    for (int k = 0; k < mean.length; k++) {
      ofMean += vector[k] * mean[k];
    }
    double[] product = new double[mean.length];
    for (float[] point : points) {
      double along = (dot(vector, point) - ofMean) / points.length;
      for (int k = 0; k < product.length; k++) {
        product[k] += along * (point[k] - mean[k]);
      }
    }
    return product;
  }

  private static double dot(double[] vector, float[] point) {
    double sum = 0;
    for (int k = 0; k < vector.length; k++) {
      sum += vector[k] * point[k];
    }
    return sum;
  }
}
