package org.robustnessgap.attack.metric;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Nearest points of intersections of half-spaces, with or without bounds on each coordinate. */
public final class Polyhedra {
  private static final int SWEEPS = 500;

  /** Guesses of which coordinates end at a bound; few are needed, and more would be a cycle. */
  private static final int GUESSES = 50;

  /** What each coordinate of a point may be. */
  @FunctionalInterface
  interface Bounds {
    Bounds NONE = (coordinate, value) -> value;

    /** The allowed value next to one. */
    double clamped(int coordinate, double value);
  }

  private Polyhedra() {}

  /** The point of least ℓ2 norm beyond all planes. */
  public static float[] nearest(List<Metric.Plane> planes) {
    // Where nothing is clamped the first guess holds.
    return nearest(planes, Bounds.NONE).orElseThrow();
  }

  /**
   * The point of least ℓ2 norm beyond all planes and within bounds that contain 0: r = clamp(Σ
   * λᵢnᵢ) for multipliers λ ≥ 0, by the condition of Karush, Kuhn and Tucker. Which coordinates are
   * clamped is guessed from the multipliers before, which is Newton's step on the dual problem.
   *
   * @return empty if no such point is found
   */
  static Optional<float[]> nearest(List<Metric.Plane> planes, Bounds bounds) {
    int width = planes.get(0).normal().length;
    boolean[] fixed = new boolean[width];
    double[] point = new double[width];
    for (int guess = 0; guess < GUESSES; guess++) {
      double[] sum = unbounded(planes, fixed, point);
      boolean[] before = fixed.clone();
      for (int j = 0; j < width; j++) {
        point[j] = bounds.clamped(j, sum[j]);
        fixed[j] = point[j] != sum[j];
      }
      if (Arrays.equals(before, fixed)) {
        float[] nearest = new float[width];
        for (int j = 0; j < width; j++) {
          nearest[j] = (float) point[j];
        }
        return Optional.of(nearest);
      }
    }
    return Optional.empty();
  }

  /**
   * Σ λᵢnᵢ where the free coordinates of the sum come closest to 0 and the fixed ones stay: by
   * Hildreth's coordinate ascent on the dual problem, max over λ ≥ 0 of c·λ − ½ ‖Σ λᵢnᵢ‖².
   */
  private static double[] unbounded(List<Metric.Plane> planes, boolean[] fixed, double[] at) {
    int count = planes.size();
    double[][] gram = new double[count][count];
    double[] norms = new double[count];
    double[] offsets = new double[count];
    for (int i = 0; i < count; i++) {
      float[] normal = planes.get(i).normal();
      norms[i] = Math.sqrt(freeDot(normal, normal, fixed));
      double offset = planes.get(i).offset();
      for (int j = 0; j < fixed.length; j++) {
        offset -= fixed[j] ? normal[j] * at[j] : 0;
      }
      offsets[i] = offset / norms[i];
      for (int j = 0; j <= i; j++) {
        gram[i][j] = freeDot(normal, planes.get(j).normal(), fixed) / norms[i] / norms[j];
        gram[j][i] = gram[i][j];
      }
    }
    double[] multipliers = multipliers(gram, offsets);
    double[] sum = new double[fixed.length];
    for (int i = 0; i < count; i++) {
      if (multipliers[i] > 0) {
        for (int j = 0; j < sum.length; j++) {
          sum[j] += multipliers[i] / norms[i] * planes.get(i).normal()[j];
        }
      }
    }
    return sum;
  }

  private static double freeDot(float[] a, float[] b, boolean[] fixed) {
    double dot = 0;
    for (int j = 0; j < a.length; j++) {
      dot += fixed[j] ? 0 : (double) a[j] * b[j];
    }
    return dot;
  }

  private static double[] multipliers(double[][] gram, double[] offsets) {
    double[] multipliers = new double[offsets.length];
    double largest = 0;
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      double change = 0;
      for (int i = 0; i < multipliers.length; i++) {
        double lack = offsets[i];
        for (int j = 0; j < multipliers.length; j++) {
          // A plane without free coordinates has no multiplier.
          lack -= multipliers[j] == 0 ? 0 : gram[i][j] * multipliers[j];
        }
        double next = Math.max(0, multipliers[i] + lack);
        next = Double.isFinite(next) ? next : 0;
        change = Math.max(change, Math.abs(next - multipliers[i]));
        multipliers[i] = next;
        largest = Math.max(largest, next);
      }
      if (change <= 1e-9 * largest) {
        break;
      }
    }
    return multipliers;
  }
}
