package org.robustnessgap.limit;

import java.util.OptionalDouble;
import org.robustnessgap.messages.StableApi;

/**
 * How much of the data has one perturbation of length at most t that fools two classifiers f and h
 * which disagree on at most a fraction δ: Theorem 3 of Fawzi, Fawzi, Fawzi 2018 in the general form
 * that its footnote 8 leaves to the reader, without a bound on the measures. Latent space. For δ =
 * 0 it is {@link LatentLimit}. Immutable.
 *
 * <p>Let A_i be where both answer i and B_i where at least one does, u_i = P(B_i). A point of A_i
 * within t of the complement of B_i has such a perturbation, so P ≥ Σ_i [h(u_i) − P(B_i \ A_i)]
 * with h(u) = u − Q(Q⁻¹(u) + t), and Σ_i P(B_i \ A_i) = 2δ, Σ_i (u_i − m_i) = δ. As h is concave,
 * the least favourable u adds δ to the largest m_i.
 */
@StableApi
public final class TransferLimit implements LimitCurve {
  private final LatentLimit latent;
  private final double disagreement;
  private final double largest;
  private final double raised;

  /**
   * @param measures class measures m_i of either classifier
   * @param disagreement δ, in [0, 1]
   * @throws org.robustnessgap.messages.InvalidInputException if δ is no such number
   */
  public TransferLimit(ClassMeasures measures, double disagreement) {
    Disagreement.requireFraction(disagreement);
    double rest = measures.complementOfLargest();
    this.latent = new LatentLimit(measures);
    this.disagreement = disagreement;
    this.largest = Gaussian.offset(measures.largest(), rest);
    this.raised =
        Gaussian.offset(measures.largest() + disagreement, Math.max(0, rest - disagreement));
  }

  @Override
  public double probability(double t) {
    return Math.max(0, Math.min(raw(t), 1));
  }

  private double raw(double t) {
    return saysNothing() || t <= 0
        ? -2 * disagreement
        : latent.probability(t)
            - Gaussian.nearComplement(largest, t)
            + Gaussian.nearComplement(raised, t)
            - 2 * disagreement;
  }

  @Override
  public OptionalDouble quantile(double p) {
    Roots.requireProbability(p);
    if (saysNothing() || p >= 1 - disagreement) {
      return OptionalDouble.empty();
    }
    if (disagreement == 0) {
      return latent.quantile(p);
    }
    return OptionalDouble.of(
        p <= 0.5
            ? Roots.ascending(t -> raw(t) / p - 1)
            : Roots.ascending(t -> 1 - shortfall(t) / (1 - disagreement - p)));
  }

  /** By how much the limit at t is below its supremum 1 − δ. */
  private double shortfall(double t) {
    return latent.exceedance(t)
        - Gaussian.NORMAL.survivalProbability(largest + t)
        + Gaussian.NORMAL.survivalProbability(raised + t);
  }

  /** One class may be all that either classifier answers. */
  private boolean saysNothing() {
    return raised == Double.NEGATIVE_INFINITY;
  }
}
