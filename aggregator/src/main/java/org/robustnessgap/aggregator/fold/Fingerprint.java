package org.robustnessgap.aggregator.fold;

import java.util.OptionalDouble;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.SampleResult;

/**
 * Tells whether two results of the same job agree: the mean logarithm of all its distances, in
 * steps of 10⁻⁵. Rounding on another device moves it by less than the tolerance, another model or
 * another latent vector by far more.
 */
final class Fingerprint {
  private static final double STEPS = 1e5;

  /** A relative difference of 10⁻³ between the geometric means. */
  private static final long TOLERANCE = 100;

  private static final int NOTHING_FOUND = Integer.MIN_VALUE;

  private Fingerprint() {}

  static int of(AttackResult result) {
    double sum = 0;
    int found = 0;
    for (SampleResult sample : result.samples()) {
      for (Outcome outcome : sample.spaces().values()) {
        OptionalDouble distance = outcome.distanceIfKnown();
        if (distance.isPresent()) {
          sum += StrictMath.log(Math.max(distance.getAsDouble(), Double.MIN_NORMAL));
          found++;
        }
      }
    }
    return found == 0 ? NOTHING_FOUND : (int) Math.round(sum / found * STEPS);
  }

  static boolean agree(int one, int other) {
    return Math.abs((long) one - other) <= TOLERANCE;
  }
}
