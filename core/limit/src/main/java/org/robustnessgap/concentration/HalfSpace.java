package org.robustnessgap.concentration;

/**
 * {x : w·x ≥ b}. A point is within t of it where w·x ≥ b − t, by Hölder's inequality.
 *
 * @param normal w, of length 1 in the dual norm: ℓ2 for ℓ2, ℓ1 for ℓ∞
 * @param offset b
 * @param description how w was chosen
 */
public record HalfSpace(double[] normal, double offset, String description) implements ErrorSet {
  @Override
  public boolean reaches(float[] x, double distance) {
    return product(normal, x) >= offset - distance;
  }

  /** w·x; four sums, as one waits for the last. */
  static double product(double[] w, float[] x) {
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
}
