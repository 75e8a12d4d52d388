package org.robustnessgap.limit;

import java.util.OptionalDouble;
import org.robustnessgap.messages.StableApi;

/**
 * The limit (L1) on latent robustness r_Z, exact given the class measures: P(r_Z ≤ t) ≥ L(t) = Σ_i
 * [m_i − Q(a_i + t)] (Fawzi, Fawzi, Fawzi 2018, Theorem 1, with the identity as modulus of
 * continuity). An equality for two classes with a linear latent boundary. For a generator with
 * modulus of continuity ω, L(ω⁻¹(η)) limits the in-distribution robustness. Immutable.
 */
@StableApi
public final class LatentLimit implements LimitCurve {
  private final CondensedMeasures measures;

  /** a_i of each. */
  private final double[] offsets;

  public LatentLimit(ClassMeasures measures) {
    this.measures = new CondensedMeasures(measures);
    this.offsets = new double[this.measures.size()];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = Gaussian.offset(this.measures.measure(i), this.measures.complement(i));
    }
  }

  /** L(t), with a relative error of about 1e-13; 0 for all t if one class has measure 1. */
  @Override
  public double probability(double t) {
    if (degenerate() || t <= 0) {
      return 0;
    }
    double sum = 0;
    for (int i = 0; i < offsets.length; i++) {
      sum += measures.weight(i) * Gaussian.nearComplement(offsets[i], t);
    }
    return Math.min(sum, 1);
  }

  /**
   * 1 − L(t) = Σ_i Q(a_i + t), which keeps its digits where L is almost 1.
   *
   * @param t at least 0
   */
  public double exceedance(double t) {
    if (degenerate() || t <= 0) {
      return 1;
    }
    double sum = 0;
    for (int i = 0; i < offsets.length; i++) {
      sum += measures.weight(i) * Gaussian.NORMAL.survivalProbability(offsets[i] + t);
    }
    return Math.min(sum, 1);
  }

  @Override
  public OptionalDouble quantile(double p) {
    Roots.requireProbability(p);
    if (degenerate()) {
      return OptionalDouble.empty();
    }
    // Relative to the smaller side, so that neither end of (0, 1) loses digits.
    return OptionalDouble.of(
        p <= 0.5
            ? Roots.ascending(t -> probability(t) / p - 1)
            : Roots.ascending(t -> 1 - exceedance(t) / (1 - p)));
  }

  /**
   * The limit (L4) on E r_Z: Σ_i [φ(a_i) − a_i Q(a_i)] = ∫₀^∞ (1 − L(t)) dt (Fawzi, Fawzi, Fawzi
   * 2018, Theorem 4, with ω the identity and δ = 0). Infinite if one class has measure 1.
   */
  public double expectation() {
    if (degenerate()) {
      return Double.POSITIVE_INFINITY;
    }
    double sum = 0;
    for (int i = 0; i < offsets.length; i++) {
      double a = offsets[i];
      sum += measures.weight(i) * (Gaussian.NORMAL.density(a) - a * measures.measure(i));
    }
    return sum;
  }

  private boolean degenerate() {
    return offsets[offsets.length - 1] == Double.NEGATIVE_INFINITY;
  }
}
