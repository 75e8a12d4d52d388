package org.robustnessgap.attack.map;

import java.util.OptionalInt;

/**
 * Of each sample of a batch the nearest other one: a sample with another label is itself a place
 * where the label changes, so the way to it bounds the smallest perturbation from above.
 */
public final class Neighbours {
  private final Rows points;
  private final int[] labels;

  /**
   * @param points the samples, [n, width]
   * @param labels of them; −1 for a sample that has none
   */
  public Neighbours(Rows points, int[] labels) {
    this.points = points;
    this.labels = labels;
  }

  /** The nearest sample with another label, by ℓ2. */
  public OptionalInt nearestOtherwiseLabelled(int sample) {
    int nearest = -1;
    double least = Double.POSITIVE_INFINITY;
    for (int other = 0; other < labels.length; other++) {
      if (labels[other] >= 0 && labels[other] != labels[sample]) {
        double distance = points.distance(other, points, sample);
        if (distance < least) {
          least = distance;
          nearest = other;
        }
      }
    }
    return nearest < 0 ? OptionalInt.empty() : OptionalInt.of(nearest);
  }

  /** ℓ2 distance to the farthest other sample; 0 if there is none. */
  public double farthest(int sample) {
    double most = 0;
    for (int other = 0; other < labels.length; other++) {
      double distance = points.distance(other, points, sample);
      most = distance > most ? distance : most;
    }
    return most;
  }
}
