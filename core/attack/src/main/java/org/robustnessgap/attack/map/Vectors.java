package org.robustnessgap.attack.map;

/** Arithmetic on float32 vectors of equal length; sums in double. */
public final class Vectors {
  private Vectors() {}

  public static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  public static double norm(float[] a) {
    return Math.sqrt(dot(a, a));
  }

  public static float[] scaled(float[] a, double factor) {
    float[] result = new float[a.length];
    for (int i = 0; i < a.length; i++) {
      result[i] = (float) (a[i] * factor);
    }
    return result;
  }

  /** a + factor · b. */
  public static float[] sum(float[] a, float[] b, double factor) {
    float[] result = new float[a.length];
    for (int i = 0; i < a.length; i++) {
      result[i] = (float) (a[i] + factor * b[i]);
    }
    return result;
  }
}
