package org.robustnessgap.campaign.quantile;

import java.util.Optional;
import org.apache.commons.statistics.distribution.BinomialDistribution;

/**
 * A quantile of a sample of distances, and a distribution-free 95 % interval of the population's
 * quantile from two order statistics (David and Nagaraja, Order Statistics, 3rd edition, section
 * 7.1).
 *
 * <p>Of n independent distances, the number at most the p-quantile is binomial(n, p) if the
 * distribution is continuous. So X₍ₗ₎ exceeds the quantile with probability P(B &lt; l), and X₍ᵤ₎
 * falls short of it with probability P(B ≥ u); l is the largest and u the smallest rank that keep
 * each at most 2.5 %. Where distances coincide, coverage can only be larger.
 *
 * @param quantile p, in (0, 1)
 * @param value middle of the bucket of the distance of rank ⌈np⌉; +∞ if that sample's distance is
 *     beyond every distance
 * @param lower lower edge of the bucket of X₍ₗ₎; 0 if the sample is too small for any l
 * @param upper upper edge of the bucket of X₍ᵤ₎; +∞ if the sample is too small for any u or that
 *     distance is beyond every distance
 */
public record QuantileEstimate(double quantile, double value, double lower, double upper) {
  private static final double TAIL = 0.025;

  /**
   * @param distances the distances that are known
   * @param beyond how many more samples have a distance that is unknown but larger than all those
   * @param quantile p, in (0, 1)
   * @return empty if there is no sample at all
   */
  public static Optional<QuantileEstimate> of(
      LogHistogram distances, long beyond, double quantile) {
    int n = Math.toIntExact(distances.count() + beyond);
    if (n == 0) {
      return Optional.empty();
    }
    Ranks ranks = Ranks.of(n, quantile);
    return Optional.of(
        new QuantileEstimate(
            quantile,
            ranks.value() > distances.count()
                ? Double.POSITIVE_INFINITY
                : distances.bucketOfRank(ranks.value()).middle(),
            lowerEdge(distances, ranks.lower()),
            ranks.upper() > distances.count()
                ? Double.POSITIVE_INFINITY
                : distances.bucketOfRank(ranks.upper()).upper()));
  }

  /** Which of n distances estimates the p-quantile, ⌈np⌉, from 1. */
  static long rank(int n, double quantile) {
    // The product may be rounded up past an integer.
    return Math.max(1, (long) Math.ceil(n * quantile - 1e-9));
  }

  private static double lowerEdge(LogHistogram distances, long rank) {
    if (rank == 0) {
      return 0;
    }
    // A rank beyond the known distances is at least as large as the largest of them.
    long known = Math.min(rank, distances.count());
    return known == 0 ? 0 : distances.bucketOfRank(known).lower();
  }

  /**
   * Which order statistics estimate and enclose a quantile.
   *
   * @param value ⌈np⌉
   * @param lower l, from 0 (no lower end) to n
   * @param upper u, from 1 to n + 1 (no upper end)
   */
  record Ranks(long value, long lower, long upper) {
    static Ranks of(int n, double quantile) {
      BinomialDistribution below = BinomialDistribution.of(n, quantile);
      // Smallest k with P(B ≤ k) ≥ 2.5 %, so P(B < k) is less.
      long lower = below.inverseCumulativeProbability(TAIL);
      // Smallest k with P(B > k) ≤ 2.5 %.
      long upper = 1L + below.inverseSurvivalProbability(TAIL);
      return new Ranks(rank(n, quantile), lower, upper);
    }
  }
}
