package org.robustnessgap.attack.query.search;

import org.apache.commons.math3.special.Erf;

/** What the sign of a normally distributed number tells of it. */
final class OneBit {
  private OneBit() {}

  /**
   * φ(a) / Φ(a): by how much, in standard deviations, the mean of a number with mean a and
   * deviation 1 moves when it turns out to be positive.
   */
  static double shift(double at) {
    if (at < -6) {
      return -at;
    }
    double density = Math.exp(-at * at / 2) / Math.sqrt(2 * Math.PI);
    return density / (0.5 * Erf.erfc(-at / Math.sqrt(2)));
  }
}
