package org.robustnessgap.distance;

/**
 * Products and distances of points in ℓ2, summed in double; four sums at a time, as one waits for
 * the last. Both points have as many values.
 */
public final class Euclidean {
  private Euclidean() {}

  /** Σ xₖ yₖ. */
  public static double product(float[] x, float[] y) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int k = 0;
    for (; k + 3 < x.length; k += 4) {
      a += (double) x[k] * y[k];
      b += (double) x[k + 1] * y[k + 1];
      c += (double) x[k + 2] * y[k + 2];
      d += (double) x[k + 3] * y[k + 3];
    }
    for (; k < x.length; k++) {
      a += (double) x[k] * y[k];
    }
    return a + b + (c + d);
  }

  /** ‖x − y‖₂. */
  public static double distance(float[] x, float[] y) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int k = 0;
    for (; k + 3 < x.length; k += 4) {
      a += square((double) x[k] - y[k]);
      b += square((double) x[k + 1] - y[k + 1]);
      c += square((double) x[k + 2] - y[k + 2]);
      d += square((double) x[k + 3] - y[k + 3]);
    }
    for (; k < x.length; k++) {
      a += square((double) x[k] - y[k]);
    }
    return Math.sqrt(a + b + (c + d));
  }

  private static double square(double value) {
    return value * value;
  }
}
