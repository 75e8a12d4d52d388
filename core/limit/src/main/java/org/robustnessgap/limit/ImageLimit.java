package org.robustnessgap.limit;

import java.util.OptionalDouble;
import org.robustnessgap.messages.StableApi;

/**
 * The limit on in-distribution robustness r_in, and so on unconstrained robustness r_unc ≤ r_in,
 * through a probabilistic modulus of continuity: with p(t, η) = P(D_t(z) > η), for every radius t
 *
 * <p>P(r_in ≤ η) ≥ L(t) − p(t, η), so sup_t [L(t) − p(t, η)] is published (Fawzi, Fawzi, Fawzi
 * 2018, supplement), the supremum taken over the radii sampled. Of data with another mix of classes
 * the images that move farther than η may be as large a share as {@link LimitCurve#held} says.
 *
 * <p>Its kind is {@code estimated}: D_t comes from an ascent that may stop at a local maximum, so
 * it is a lower estimate, and the limit no certificate. Sampling error of p is another matter and
 * is taken care of by reading an end of its Clopper–Pearson interval instead of the observed
 * fraction. The end read is the user's choice: the upper one for the limit itself, so that few
 * samples give a cautious limit, not a bold one.
 *
 * <p>As a function of η it is a step function that rises where η passes a sampled D_t(z); quantiles
 * are therefore found exactly, among those values. Immutable.
 */
@StableApi
public final class ImageLimit implements LimitCurve {
  private final LimitCurve latent;
  private final ProbabilisticModulus modulus;
  private final ClopperPearson exceedance;

  /** L(t) at each radius. */
  private final double[] reached;

  /**
   * @param latent the limit in latent space, of one classifier or of what two share
   * @param exceedance how p(t, η) is read off the samples
   */
  public ImageLimit(LimitCurve latent, ProbabilisticModulus modulus, ClopperPearson exceedance) {
    this.latent = latent;
    this.modulus = modulus;
    this.exceedance = exceedance;
    this.reached = new double[modulus.size()];
    for (int i = 0; i < reached.length; i++) {
      reached[i] = latent.probability(modulus.radius(i));
    }
  }

  @Override
  public double probability(double distance) {
    double best = 0;
    for (int i = 0; i < reached.length; i++) {
      best = Math.max(best, probability(i, modulus.exceeding(i, distance)));
    }
    return best;
  }

  @Override
  public OptionalDouble quantile(double p) {
    Roots.requireProbability(p);
    double smallest = Double.POSITIVE_INFINITY;
    for (int i = 0; i < reached.length; i++) {
      if (probability(i, 0) >= p) {
        smallest = Math.min(smallest, modulus.exceededBy(i, mostExceeding(i, p)));
      }
    }
    return smallest < Double.POSITIVE_INFINITY
        ? OptionalDouble.of(smallest)
        : OptionalDouble.empty();
  }

  /** How many samples may exceed a distance that this radius still proves p for; 0 is known to. */
  private int mostExceeding(int i, double p) {
    int proving = 0;
    int failing = modulus.samples(i) + 1;
    while (failing - proving > 1) {
      int middle = (proving + failing) >>> 1;
      if (probability(i, middle) >= p) {
        proving = middle;
      } else {
        failing = middle;
      }
    }
    return proving;
  }

  private double probability(int i, int exceeding) {
    return reached[i] - latent.held(exceedance.of(exceeding, modulus.samples(i)));
  }
}
