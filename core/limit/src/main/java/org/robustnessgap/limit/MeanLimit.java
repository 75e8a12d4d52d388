package org.robustnessgap.limit;

import java.util.function.DoubleUnaryOperator;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.StableApi;

/**
 * The limit (L4) on the mean of robustness (Fawzi, Fawzi, Fawzi 2018, Theorem 4), also where the
 * generator is an approximation.
 */
@StableApi
public final class MeanLimit {
  private MeanLimit() {}

  /**
   * E r_unc(x) ≤ ω(Σ_i [φ(a_i) − a_i Q(a_i)]) + δ for x from a distribution whose 1-Wasserstein
   * distance from the generator's images is at most δ.
   *
   * @param modulus ω, concave: ‖g(z) − g(z′)‖ ≤ ω(‖z − z′‖)
   * @param wasserstein δ, in the norm of images, at least 0
   * @throws InvalidInputException if δ is negative or not finite
   */
  public static double of(LatentLimit latent, DoubleUnaryOperator modulus, double wasserstein) {
    if (!(wasserstein >= 0 && Double.isFinite(wasserstein))) {
      throw new InvalidInputException(
          "The Wasserstein distance " + wasserstein + " must be a number of at least 0.");
    }
    return modulus.applyAsDouble(latent.expectation()) + wasserstein;
  }

  /** The closed form log(4π log K) / √(2 log K) of the argument of ω, for K ≥ 5 equal classes. */
  public static Statement<Double> equiprobable(ClassMeasures measures) {
    return ClosedFormLimit.requiringManyEqual(measures)
        .<Statement<Double>>map(Statement.NotApplicable::new)
        .orElseGet(
            () -> {
              double log = Math.log(measures.classes());
              return new Statement.Holds<>(Math.log(4 * Math.PI * log) / Math.sqrt(2 * log));
            });
  }
}
