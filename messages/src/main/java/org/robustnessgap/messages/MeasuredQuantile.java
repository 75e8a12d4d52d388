package org.robustnessgap.messages;

import org.jspecify.annotations.Nullable;

/**
 * A quantile of the distances of some of the samples, normalised as those of all.
 *
 * @param measured null where it falls among samples that have no distance
 * @param lower lower end of its 95 % interval, by order statistics
 * @param upper upper end of it; null if it is unbounded
 */
public record MeasuredQuantile(
    double quantile, @Nullable Double measured, @Nullable Double lower, @Nullable Double upper) {
  public MeasuredQuantile {
    Checks.probability(quantile, "quantile");
    Checks.notNegativeOrNull(measured, "measured distance");
    Checks.notNegativeOrNull(lower, "lower end of the measured distance");
    Checks.notNegativeOrNull(upper, "upper end of the measured distance");
  }
}
