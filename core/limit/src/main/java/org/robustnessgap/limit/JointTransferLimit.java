package org.robustnessgap.limit;

import java.util.Arrays;
import java.util.OptionalDouble;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.StableApi;

/**
 * How much of the data has one perturbation of length at most t that fools two classifiers whose
 * answers are known jointly. Latent space. Immutable.
 *
 * <p>With u_i the probability that at least one of them answers i, δ = Σ_i u_i − 1 is how often
 * they differ, and the argument of {@link TransferLimit} gives P ≥ Σ_i h(u_i) − 2δ, h(u) = u −
 * Q(Q⁻¹(u) + t). There the u_i are the least favourable ones that class measures and δ allow; so
 * this limit is never lower. For classifiers that always agree it is {@link LatentLimit}.
 */
@StableApi
public final class JointTransferLimit implements LimitCurve {
  private static final double ROUNDING = 1e-9;

  /** Q⁻¹(u_i) of the classes that can be left. */
  private final double[] offsets;

  private final double disagreement;

  /** What the limit tends to. */
  private final double supremum;

  /**
   * @param either u_i, each in [0, 1], of sum 1 to 2
   * @throws InvalidInputException if they are no such numbers
   */
  public JointTransferLimit(double... either) {
    double sum = 0;
    for (double u : either) {
      if (!(u >= 0 && u <= 1)) {
        throw new InvalidInputException(
            "A class cannot be answered with probability " + u + "; count the answers again.");
      }
      sum += u;
    }
    if (sum < 1 - ROUNDING || sum > 2 + ROUNDING) {
      throw new InvalidInputException(
          "Two classifiers' answers have total probability "
              + sum
              + ", which is not between 1 and 2; count each answer of either once.");
    }
    double[] left = Arrays.stream(either).filter(u -> u > 0 && u < 1).toArray();
    this.disagreement = Math.max(0, sum - 1);
    this.offsets = Arrays.stream(left).map(u -> Gaussian.offset(u, 1 - u)).toArray();
    this.supremum = Arrays.stream(left).sum() - 2 * disagreement;
  }

  @Override
  public double probability(double t) {
    return Math.max(0, Math.min(raw(t), 1));
  }

  private double raw(double t) {
    double sum = -2 * disagreement;
    for (int i = 0; i < offsets.length && t > 0; i++) {
      sum += Gaussian.nearComplement(offsets[i], t);
    }
    return sum;
  }

  @Override
  public OptionalDouble quantile(double p) {
    Roots.requireProbability(p);
    if (p >= supremum) {
      return OptionalDouble.empty();
    }
    return OptionalDouble.of(
        p <= supremum / 2
            ? Roots.ascending(t -> raw(t) / p - 1)
            : Roots.ascending(t -> 1 - shortfall(t) / (supremum - p)));
  }

  /** By how much the limit at t is below its supremum. */
  private double shortfall(double t) {
    double sum = 0;
    for (double offset : offsets) {
      sum += Gaussian.NORMAL.survivalProbability(offset + t);
    }
    return sum;
  }
}
