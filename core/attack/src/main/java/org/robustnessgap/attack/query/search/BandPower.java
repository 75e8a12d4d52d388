package org.robustnessgap.attack.query.search;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * How large the squared slopes along the vectors of each band are, relative to each other: learned
 * from all samples of a batch, for a classifier's slopes differ little in this. Begins with what is
 * usual of images: the lower the frequency, the larger.
 */
final class BandPower {
  /** By which frequency the power has halved, before anything is known. */
  private static final double USUAL = 0.15;

  /** How many coefficients what was known of a band outweighs. */
  private static final double TRUST = 30;

  private final ProbeBasis basis;
  private final List<int[]> members = new ArrayList<>();
  private final double[] sums;
  private final double[] weights;

  BandPower(ProbeBasis basis) {
    this.basis = basis;
    this.sums = new double[basis.bands()];
    this.weights = new double[basis.bands()];
    int[] counts = new int[basis.bands()];
    for (int i = 0; i < basis.size(); i++) {
      counts[basis.band(i)]++;
    }
    for (int count : counts) {
      members.add(new int[count]);
    }
    for (int i = basis.size() - 1; i >= 0; i--) {
      int band = basis.band(i);
      members.get(band)[--counts[band]] = i;
      double waves = basis.frequency(i) / USUAL;
      sums[band] += 1 / (1 + waves * waves);
      weights[band]++;
    }
    for (int band = 0; band < sums.length; band++) {
      sums[band] /= Math.max(1, weights[band]);
      weights[band] = 1;
    }
  }

  /** The expected squared slope along a vector. */
  double of(int index) {
    int band = basis.band(index);
    return sums[band] / weights[band];
  }

  /**
   * @param square of a slope along a vector, relative to what was expected of its sample on the
   *     whole
   */
  void learn(int index, double square) {
    int band = basis.band(index);
    sums[band] += square;
    weights[band]++;
  }

  /** A vector of any band, each band as likely. */
  int any(SplittableRandom random) {
    int[] band = members.get(random.nextInt(members.size()));
    return band[random.nextInt(band.length)];
  }

  /** Sums over the vectors of each band. */
  interface Evidence {
    /**
     * @param squares of expected coefficients
     * @param told how much of a coefficient is known, from 0 to 1
     */
    void sum(double[] squares, double[] told);
  }

  /** Takes the power from what was found instead, such that it is 1 in all. */
  void relearn(Evidence evidence) {
    double[] squares = new double[sums.length];
    double[] told = new double[sums.length];
    evidence.sum(squares, told);
    for (int band = 0; band < sums.length; band++) {
      double now = sums[band] / weights[band];
      sums[band] = (squares[band] + TRUST * now) / (told[band] + TRUST);
      weights[band] = 1;
    }
    normalise();
  }

  /** The sum over all vectors becomes 1. */
  void normalise() {
    double all = 0;
    for (int band = 0; band < sums.length; band++) {
      all += members.get(band).length * sums[band] / weights[band];
    }
    for (int band = 0; band < sums.length; band++) {
      sums[band] = Math.max(sums[band] / weights[band] / all, 1e-3 / basis.size());
      weights[band] = 1;
    }
  }
}
