package org.robustnessgap.attack.query.search;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.attack.map.Vectors;

/**
 * Looks for the boundary on the way through a perturbation, from the sample outwards: regula falsi
 * (Illinois) on the margin, aimed a little beyond.
 */
final class Ray {
  /** How far beyond the boundary it aims, as a share of the margin at the sample. */
  private static final double BEYOND = 2e-4;

  /** No farther than so many times the perturbation. */
  private static final double FARTHEST = 64;

  private final float[] way;
  private final double aim;
  private double low;
  private double lowMargin;
  private double high = Double.POSITIVE_INFINITY;
  private double highMargin;
  private double next = 1;
  private int lastSide;
  private float @Nullable [] scores;
  private double first = Double.NaN;
  private float @Nullable [] firstScores;

  /**
   * @param way a perturbation that is expected on the boundary
   * @param margin at the sample, negative
   */
  Ray(float[] way, double margin) {
    this.way = way;
    this.aim = BEYOND * Math.abs(margin);
    this.lowMargin = margin - aim;
  }

  /** What to ask about. */
  float[] point() {
    return Vectors.scaled(way, next);
  }

  /**
   * What was answered there.
   *
   * @param margin positive where the label changed
   */
  void answer(double margin, float[] answered) {
    double value = margin - aim;
    firstScores = firstScores == null ? answered : firstScores;
    if (Double.isNaN(first)) {
      first = next * lowMargin / (lowMargin - value);
      first = value > lowMargin ? first : Double.POSITIVE_INFINITY;
    }
    if (margin > 0) {
      lowMargin = lastSide > 0 ? lowMargin / 2 : lowMargin;
      lastSide = 1;
      high = next;
      highMargin = value;
      scores = answered;
    } else {
      highMargin = lastSide < 0 ? highMargin / 2 : highMargin;
      lastSide = -1;
      low = next;
      lowMargin = value;
    }
    next = Double.isInfinite(high) ? outwards() : between();
  }

  private double outwards() {
    double secant = Double.isFinite(first) && low > 0 ? Math.max(first, low * 1.02) : low * 2;
    first = Double.POSITIVE_INFINITY;
    return Math.min(secant * 1.005, 4 * low);
  }

  private double between() {
    double root = low + (high - low) * lowMargin / (lowMargin - Math.max(highMargin, 0));
    double least = low + 1e-3 * (high - low);
    return highMargin <= 0 ? (low + high) / 2 : Math.max(least, Math.min(root, high));
  }

  boolean asked() {
    return firstScores != null;
  }

  float[] way() {
    return way;
  }

  float[] firstScores() {
    return Objects.requireNonNull(firstScores);
  }

  /** Where the boundary was expected after the first answer, as a multiple of the perturbation. */
  double expected() {
    return first;
  }

  /** Whether another answer is worth its cost. */
  boolean isOpen() {
    return next < FARTHEST && !(high < Double.POSITIVE_INFINITY && highMargin <= 2 * aim);
  }

  boolean crossed() {
    return high < Double.POSITIVE_INFINITY;
  }

  float[] reached() {
    return Vectors.scaled(way, high);
  }

  /** At what it reached. */
  float[] scores() {
    return Objects.requireNonNull(scores, "the boundary is not crossed");
  }
}
