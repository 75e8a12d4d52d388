package org.robustnessgap.concentration;

import org.robustnessgap.distance.Euclidean;

/**
 * A union of closed ℓ2 balls; within t of it lies the union of those with radii longer by t.
 *
 * @param centres one for each ball
 * @param radii at least 0
 */
public record BallUnion(float[][] centres, double[] radii) implements ErrorSet {
  @Override
  public boolean reaches(float[] x, double distance) {
    for (int i = 0; i < radii.length; i++) {
      if (Euclidean.distance(centres[i], x) <= radii[i] + distance) {
        return true;
      }
    }
    return false;
  }

  @Override
  public String description() {
    return radii.length == 1 ? "a ball" : "union of " + radii.length + " balls";
  }
}
