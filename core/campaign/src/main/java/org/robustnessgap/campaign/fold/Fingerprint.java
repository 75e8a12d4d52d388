package org.robustnessgap.campaign.fold;

import org.robustnessgap.messages.JobResult;

/**
 * Tells whether two results of the same job agree: the mean logarithm of the numbers they are
 * compared by, in steps of 10⁻⁵. Rounding on another device moves it by less than the tolerance,
 * another model or another latent vector by far more.
 */
final class Fingerprint {
  private static final double STEPS = 1e5;

  /** A relative difference of 10⁻³ between the geometric means. */
  private static final long TOLERANCE = 100;

  private static final int NOTHING_FOUND = Integer.MIN_VALUE;

  private Fingerprint() {}

  static int of(JobResult result) {
    double[] logarithms =
        result
            .compared()
            .map(distance -> StrictMath.log(Math.max(distance, Double.MIN_NORMAL)))
            .toArray();
    double sum = 0;
    for (double logarithm : logarithms) {
      sum += logarithm;
    }
    return logarithms.length == 0
        ? NOTHING_FOUND
        : (int) Math.round(sum / logarithms.length * STEPS);
  }

  static boolean agree(int one, int other) {
    return Math.abs((long) one - other) <= TOLERANCE;
  }
}
