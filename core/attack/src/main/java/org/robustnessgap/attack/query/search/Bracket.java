package org.robustnessgap.attack.query.search;

import org.robustnessgap.attack.map.Vectors;

/** Bisects the way through a perturbation for the boundary, from the sample outwards. */
final class Bracket {
  final LabelState state;
  private final float[] way;
  private final double tolerance;
  private double low;
  private double high;
  private double step;
  private boolean crossed;

  /**
   * @param way a perturbation
   * @param first where on it to ask first, as a multiple
   * @param step how much nearer to look once the label has changed; doubled each time it does
   * @param tolerance relative to the length at which to end
   */
  Bracket(LabelState state, float[] way, double first, double step, double tolerance) {
    this.state = state;
    this.way = way;
    this.high = first;
    this.step = step;
    this.tolerance = tolerance;
  }

  private double next() {
    return !crossed ? high : low > 0 ? (low + high) / 2 : Math.max(high - step, high / 2);
  }

  float[] point() {
    return Vectors.scaled(way, next());
  }

  void answer(boolean changed) {
    double at = next();
    if (changed) {
      step = crossed ? 2 * step : step;
      high = at;
      crossed = true;
    } else if (crossed) {
      low = at;
    } else {
      failed = true;
    }
  }

  private boolean failed;

  boolean isOpen() {
    return !failed && !(crossed && high - low <= tolerance * high);
  }

  boolean crossed() {
    return crossed;
  }

  float[] reached() {
    return Vectors.scaled(way, high);
  }
}
