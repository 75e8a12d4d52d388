package org.robustnessgap.worker.attack;

import java.util.List;

/** Nearest points of intersections of half-spaces. */
final class Polyhedra {
  private static final int SWEEPS = 500;

  private Polyhedra() {}

  /**
   * The point of least ℓ2 norm beyond all planes: Hildreth's coordinate ascent on the dual problem,
   * max over λ ≥ 0 of c·λ − ½ ‖Σ λᵢnᵢ‖².
   *
   * @return null if the planes leave nothing, as far as the ascent tells
   */
  static float[] nearest(List<Metric.Plane> planes) {
    int count = planes.size();
    double[][] gram = new double[count][count];
    double[] norms = new double[count];
    double[] offsets = new double[count];
    for (int i = 0; i < count; i++) {
      norms[i] = Vectors.norm(planes.get(i).normal());
      offsets[i] = planes.get(i).offset() / norms[i];
      for (int j = 0; j <= i; j++) {
        gram[i][j] =
            Vectors.dot(planes.get(i).normal(), planes.get(j).normal()) / norms[i] / norms[j];
        gram[j][i] = gram[i][j];
      }
    }
    double[] multipliers = new double[count];
    double largest = 0;
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      double change = 0;
      for (int i = 0; i < count; i++) {
        double lack = offsets[i];
        for (int j = 0; j < count; j++) {
          lack -= gram[i][j] * multipliers[j];
        }
        double next = Math.max(0, multipliers[i] + lack);
        change = Math.max(change, Math.abs(next - multipliers[i]));
        multipliers[i] = next;
        largest = Math.max(largest, next);
      }
      if (change <= 1e-9 * largest) {
        break;
      }
    }
    double[] sum = new double[planes.get(0).normal().length];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < sum.length; j++) {
        sum[j] += multipliers[i] / norms[i] * planes.get(i).normal()[j];
      }
    }
    float[] nearest = new float[sum.length];
    for (int j = 0; j < sum.length; j++) {
      nearest[j] = (float) sum[j];
    }
    return nearest;
  }
}
