package org.robustnessgap.campaign.plan;

import java.time.Duration;
import java.time.Instant;

/**
 * Keeps drawing at a set rate: a token bucket that holds a fifth of a second's worth, enough for
 * the grain of the service's loop and too little for a burst after a pause. Not thread-safe.
 */
final class Pace {
  private static final Duration SLACK = Duration.ofMillis(200);

  private Instant earliest = Instant.EPOCH;

  boolean allows(Instant now) {
    return !now.isBefore(earliest);
  }

  /**
   * @param rate ordinals per second
   */
  void drawn(long ordinals, double rate, Instant at) {
    Instant floor = at.minus(SLACK);
    earliest = (earliest.isBefore(floor) ? floor : earliest).plus(ofSeconds(ordinals / rate));
  }

  /** At most 292 years, which is where the nanoseconds of a long end. */
  static Duration ofSeconds(double seconds) {
    return Duration.ofNanos((long) (seconds * 1e9));
  }
}
