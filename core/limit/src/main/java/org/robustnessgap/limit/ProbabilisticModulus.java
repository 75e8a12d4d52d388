package org.robustnessgap.limit;

import java.util.Arrays;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.StableApi;

/**
 * How far a generator moves its images: the sampled distribution of D_t(z) = max over ‖r‖ ≤ t of
 * ‖g(z + r) − g(z)‖₂ at several radii t. Stands in for a modulus of continuity, which samples
 * cannot give. Immutable.
 */
@StableApi
public final class ProbabilisticModulus {
  private final double[] radii;

  /** Ascending in each row. */
  private final double[][] displacements;

  /** Of the logarithms in each row. */
  private final double[] means;

  private final double[] deviations;

  /**
   * @param radii the radii t, positive, at least one
   * @param displacements D_t(z) for each radius: one value for each latent vector sampled at that
   *     radius, at least one, not negative, in any order
   * @throws InvalidInputException if they are no such numbers
   */
  public ProbabilisticModulus(double[] radii, double[][] displacements) {
    if (radii.length == 0 || radii.length != displacements.length) {
      throw new InvalidInputException(
          radii.length
              + " radii do not fit displacements at "
              + displacements.length
              + "; give the displacements of each radius.");
    }
    this.radii = radii.clone();
    this.displacements = new double[radii.length][];
    this.means = new double[radii.length];
    this.deviations = new double[radii.length];
    for (int i = 0; i < radii.length; i++) {
      if (!(radii[i] > 0 && Double.isFinite(radii[i]))) {
        throw new InvalidInputException(
            "The radius " + radii[i] + " must be a positive number; correct the list of radii.");
      }
      double[] ascending = displacements[i].clone();
      Arrays.sort(ascending);
      if (ascending.length == 0
          || !(ascending[0] >= 0)
          || !Double.isFinite(ascending[ascending.length - 1])) {
        throw new InvalidInputException(
            "The displacements at radius "
                + radii[i]
                + " must be finite, not negative, and at least one; compute them again.");
      }
      this.displacements[i] = ascending;
      double[] logarithms =
          Arrays.stream(ascending).map(d -> Math.log(Math.max(d, Double.MIN_NORMAL))).toArray();
      double mean = Arrays.stream(logarithms).average().orElseThrow();
      means[i] = mean;
      deviations[i] =
          Math.sqrt(
              Arrays.stream(logarithms).map(x -> (x - mean) * (x - mean)).average().orElseThrow());
    }
  }

  /** How many radii were sampled. */
  public int size() {
    return radii.length;
  }

  /** The i-th radius t. */
  public double radius(int i) {
    return radii[i];
  }

  /** The largest displacement seen at any radius. */
  public double largest() {
    double largest = 0;
    for (double[] ascending : displacements) {
      largest = Math.max(largest, ascending[ascending.length - 1]);
    }
    return largest;
  }

  /** Latent vectors sampled at the i-th radius. */
  int samples(int i) {
    return displacements[i].length;
  }

  /** How many of them have D_t(z) > η. */
  int exceeding(int i, double eta) {
    double[] ascending = displacements[i];
    int from = 0;
    int to = ascending.length;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (ascending[middle] > eta) {
        to = middle;
      } else {
        from = middle + 1;
      }
    }
    return ascending.length - from;
  }

  /** The smallest η ≥ 0 that at most so many of the D_t(z) exceed. */
  double exceededBy(int i, int samples) {
    double[] ascending = displacements[i];
    return samples >= ascending.length ? 0 : ascending[ascending.length - 1 - samples];
  }

  /**
   * The η that a fraction of the D_t(z) exceeds, had they the log-normal distribution of the same
   * mean and variance of logarithms: what few samples tell of a tail.
   *
   * @param fraction in (0, 1)
   */
  double logNormalQuantile(int i, double fraction) {
    return Math.exp(
        means[i] + deviations[i] * Gaussian.NORMAL.inverseSurvivalProbability(fraction));
  }
}
