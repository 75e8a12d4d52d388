package org.robustnessgap.limit;

import org.apache.commons.statistics.interval.BinomialConfidenceInterval;
import org.apache.commons.statistics.interval.Interval;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.StableApi;

/**
 * One end of the Clopper–Pearson interval of a proportion: it lies on the wrong side of the true
 * proportion with a probability of at most errorRate/2.
 *
 * @param errorRate of the two-sided interval, in (0, 1)
 */
@StableApi
public record ClopperPearson(End end, double errorRate) {
  /** Which end of the interval. */
  public enum End {
    LOWER,
    UPPER
  }

  public ClopperPearson {
    if (!(errorRate > 0 && errorRate < 1)) {
      throw new InvalidInputException(
          "The error rate " + errorRate + " must lie strictly between 0 and 1.");
    }
  }

  /**
   * @param successes from 0 to trials
   * @param trials at least 1
   * @return in [0, 1], ascending in the successes
   */
  public double of(long successes, long trials) {
    // The library counts in int; larger numbers are halved until they fit, which widens the
    // interval.
    int shift = Math.max(0, 33 - Long.numberOfLeadingZeros(trials));
    Interval interval =
        BinomialConfidenceInterval.CLOPPER_PEARSON.fromErrorRate(
            (int) (trials >> shift), (int) (successes >> shift), errorRate);
    return end == End.LOWER ? interval.getLowerBound() : interval.getUpperBound();
  }
}
