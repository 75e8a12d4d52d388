package org.robustnessgap.limit;

import java.util.Arrays;
import java.util.Comparator;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.StableApi;

/**
 * The limit in latent space for data of another mix of classes (label shift): with probability q_i
 * a latent vector of class i, distributed as those of N(0, I) that the classifier gives this label,
 * whose probability is m_i. Isoperimetry holds for each class alone, so P(r_Z ≤ t) ≥ Σ_i (q_i /
 * m_i) [m_i − Q(a_i + t)]. For q = m it is {@link LatentLimit}; for two half-spaces an equality
 * whatever the mix.
 *
 * <p>Of a class that is never generated, m_i = 0, nothing is known: its share q_i counts as farther
 * than every distance, so the limit never reaches quantiles above the rest. Immutable.
 */
@StableApi
public final class MixLimit implements LimitCurve {
  private static final double SUM_TOLERANCE = 1e-9;

  /** a_i of the classes that can be left. */
  private final double[] offsets;

  /** q_i / m_i of each. */
  private final double[] densities;

  /** What is within every distance. */
  private final double near;

  /** What the limit tends to. */
  private final double supremum;

  /** Shares that latent vectors can hold, by descending density. */
  private final Share[] shares;

  /** Latent vectors hold at least this times their probability. */
  private final double leastDensity;

  /**
   * A class.
   *
   * @param measure how probable its latent vectors are, in (0, 1]
   * @param share of the data
   */
  record Share(double measure, double share) {
    double density() {
      return share / measure;
    }
  }

  /**
   * @param measures m_i, the generator's class measures, with sum 1
   * @param mix q_i, the shares of the data, of as many classes, with sum 1
   * @throws InvalidInputException if they are no such numbers
   */
  public MixLimit(double[] measures, double[] mix) {
    this(generated(measures, mix), 0, generated(measures, mix), 0);
  }

  /**
   * @param classes those that are generated
   * @param near share of the data that is within every distance
   * @param held what bounds {@link #held} instead of the classes
   * @param leastDensity and this from below, times the probability
   */
  MixLimit(Share[] classes, double near, Share[] held, double leastDensity) {
    Share[] left =
        Arrays.stream(classes)
            .filter(one -> one.share() > 0 && one.measure() < 1)
            .toArray(Share[]::new);
    this.offsets =
        Arrays.stream(left)
            .mapToDouble(one -> Gaussian.offset(one.measure(), 1 - one.measure()))
            .toArray();
    this.densities = Arrays.stream(left).mapToDouble(Share::density).toArray();
    this.near = near;
    this.supremum = Math.min(1, near + Arrays.stream(left).mapToDouble(Share::share).sum());
    this.leastDensity = leastDensity;
    this.shares = held.clone();
    Arrays.sort(shares, Comparator.comparingDouble(Share::density).reversed());
  }

  private static Share[] generated(double[] measures, double[] mix) {
    require(measures, "class measure");
    require(mix, "share of a class");
    if (measures.length != mix.length) {
      throw new InvalidInputException(
          String.format(
              "The generator has %d classes and the mix has %d; give a number for each class.",
              measures.length, mix.length));
    }
    return IntStream.range(0, mix.length)
        .filter(i -> measures[i] > 0)
        .mapToObj(i -> new Share(measures[i], mix[i]))
        .toArray(Share[]::new);
  }

  private static void require(double[] probabilities, String what) {
    for (double probability : probabilities) {
      if (!(probability >= 0 && probability <= 1)) {
        throw new InvalidInputException(
            "The " + what + " " + probability + " is no probability; give numbers from 0 to 1.");
      }
    }
    double sum = Arrays.stream(probabilities).sum();
    if (!(Math.abs(sum - 1) <= SUM_TOLERANCE)) {
      throw new InvalidInputException(
          "Each " + what + " counts, and they sum to " + sum + "; they must sum to 1.");
    }
  }

  @Override
  public double probability(double t) {
    if (t <= 0) {
      return 0;
    }
    double sum = near;
    for (int i = 0; i < offsets.length; i++) {
      sum += densities[i] * Gaussian.nearComplement(offsets[i], t);
    }
    return Math.min(sum, supremum);
  }

  @Override
  public OptionalDouble quantile(double p) {
    Roots.requireProbability(p);
    if (p >= supremum) {
      return OptionalDouble.empty();
    }
    if (p <= near) {
      return OptionalDouble.of(0);
    }
    // Relative to the smaller side, so that neither end loses digits.
    double above = p - near;
    double below = supremum - p;
    return OptionalDouble.of(
        above <= below
            ? Roots.ascending(t -> (probability(t) - near) / above - 1)
            : Roots.ascending(t -> 1 - shortfall(t) / below));
  }

  /** By how much the limit at t is below its supremum. */
  private double shortfall(double t) {
    double sum = 0;
    for (int i = 0; i < offsets.length; i++) {
      sum += densities[i] * Gaussian.NORMAL.survivalProbability(offsets[i] + t);
    }
    return sum;
  }

  /** At most the classes of which the data have most in comparison, as far as they go. */
  @Override
  public double held(double probability) {
    return Math.max(leastDensity * probability, favoured(probability));
  }

  private double favoured(double probability) {
    double left = probability;
    double held = 0;
    for (Share one : shares) {
      if (left < one.measure()) {
        return held + left * one.density();
      }
      held += one.share();
      left -= one.measure();
    }
    return held;
  }
}
