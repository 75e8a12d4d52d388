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
    return Vectors.dot(normal, x) >= offset - distance;
  }
}
