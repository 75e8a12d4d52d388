package org.robustnessgap.limit;

import java.util.OptionalDouble;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.StableApi;

/**
 * The limit on in-distribution robustness r_in, and so on unconstrained robustness r_unc ≤ r_in,
 * for a generator with the modulus of continuity ω(t) = Λt: P(r_in ≤ η) ≥ L(η/Λ) (Fawzi, Fawzi,
 * Fawzi 2018, Theorem 1). Its kind is {@code certified} if Λ is a proven Lipschitz constant.
 * Immutable.
 */
@StableApi
public final class LipschitzLimit implements LimitCurve {
  private final LatentLimit latent;
  private final double constant;

  /**
   * @param constant Λ, positive: ‖g(z) − g(z′)‖ ≤ Λ‖z − z′‖
   * @throws InvalidInputException if it is not positive and finite
   */
  public LipschitzLimit(LatentLimit latent, double constant) {
    if (!(constant > 0 && Double.isFinite(constant))) {
      throw new InvalidInputException(
          "The Lipschitz constant " + constant + " must be a positive number.");
    }
    this.latent = latent;
    this.constant = constant;
  }

  @Override
  public double probability(double distance) {
    return latent.probability(distance / constant);
  }

  @Override
  public OptionalDouble quantile(double p) {
    OptionalDouble t = latent.quantile(p);
    return t.isPresent() ? OptionalDouble.of(constant * t.getAsDouble()) : t;
  }

  /**
   * The limit (L4) on E r_unc under a distribution of images within 1-Wasserstein distance δ of the
   * generator's (Theorem 4, which needs ω concave).
   *
   * @param wasserstein δ, in the norm of images, at least 0
   * @throws InvalidInputException if δ is negative or not finite
   */
  public double mean(double wasserstein) {
    return MeanLimit.of(latent, t -> constant * t, wasserstein);
  }
}
