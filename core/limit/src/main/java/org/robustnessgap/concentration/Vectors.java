package org.robustnessgap.concentration;

/** Sums over the values of images, in double; four at a time, as one waits for the last. */
final class Vectors {
  private Vectors() {}

  static double dot(double[] w, float[] x) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int k = 0;
    for (; k + 3 < w.length; k += 4) {
      a += w[k] * x[k];
      b += w[k + 1] * x[k + 1];
      c += w[k + 2] * x[k + 2];
      d += w[k + 3] * x[k + 3];
    }
    for (; k < w.length; k++) {
      a += w[k] * x[k];
    }
    return a + b + (c + d);
  }

  /** ‖x − y‖₂. */
  static double distance(float[] x, float[] y) {
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
