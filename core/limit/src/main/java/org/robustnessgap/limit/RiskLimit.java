package org.robustnessgap.limit;

import java.util.OptionalDouble;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.StableApi;

/**
 * (L6): a classifier that errs on a set of Gaussian measure α has at least Φ(Φ⁻¹(α) + t) of the
 * data within latent distance t of an error (the isoperimetric inequality for the error set). An
 * equality if that set is a half-space. Immutable.
 */
@StableApi
public final class RiskLimit implements LimitCurve {
  /** Φ⁻¹(α). */
  private final double start;

  /**
   * @param risk α, the probability of an error, in [0, 1]
   * @throws InvalidInputException if it is no probability
   */
  public RiskLimit(double risk) {
    if (!(risk >= 0 && risk <= 1)) {
      throw new InvalidInputException(
          "The risk " + risk + " is no probability; give a number from 0 to 1.");
    }
    this.start = Gaussian.NORMAL.inverseCumulativeProbability(risk);
  }

  /** A lower bound on P(an error is within t); without any error it is 0. */
  @Override
  public double probability(double t) {
    return Gaussian.NORMAL.cumulativeProbability(start + t);
  }

  /** 1 − {@link #probability}, which keeps its digits where that is almost 1. */
  public double exceedance(double t) {
    return Gaussian.NORMAL.survivalProbability(start + t);
  }

  @Override
  public OptionalDouble quantile(double p) {
    Roots.requireProbability(p);
    return start == Double.NEGATIVE_INFINITY
        ? OptionalDouble.empty()
        : OptionalDouble.of(Math.max(0, Gaussian.NORMAL.inverseCumulativeProbability(p) - start));
  }
}
