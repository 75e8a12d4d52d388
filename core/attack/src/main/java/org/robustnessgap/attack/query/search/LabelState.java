package org.robustnessgap.attack.query.search;

import java.util.SplittableRandom;
import org.robustnessgap.attack.map.Vectors;

/**
 * What is known of one sample from labels: the nearest point with another label, and the unit
 * normal of the boundary there. Its coefficients are taken to be independent and normally
 * distributed; each label is a measurement of one linear combination of them, by its sign alone,
 * and is taken in by moment matching (assumed density filtering of a probit regression).
 */
final class LabelState {
  /** Standard deviation of what else decides a label, relative to that of the combination. */
  private static final double NOISE = 0.3;

  final int sample;
  final int label;
  final SplittableRandom random;

  /** The nearest with another label. */
  float[] best;

  double length;

  /**
   * Of the normal's coefficients, what labels added to the inverse variance, and the mean by it.
   */
  private final double[] precision;

  private final double[] weighted;

  /** Distance of the best beyond the boundary, relative to its length, and its variance. */
  double offset;

  double offsetVariance;

  /** Expected coefficients of the unit normal, and their variances. */
  final double[] mean;

  final double[] variance;

  /** The direction of the mean, in the basis and in the space. */
  final double[] direction;

  float[] normal;

  /** Length of the mean: the expected cosine between it and the normal. */
  double known;

  /** Evaluations after which the next move is due. */
  int due;

  /** Probes since the last move. */
  int probed;

  LabelState(
      int sample, int label, int width, float[] best, double length, SplittableRandom random) {
    this.sample = sample;
    this.label = label;
    this.best = best;
    this.length = length;
    this.random = random;
    this.precision = new double[width];
    this.weighted = new double[width];
    this.mean = new double[width];
    this.variance = new double[width];
    this.direction = new double[width];
    this.normal = new float[width];
  }

  /** Takes what is expected of the bands into account. */
  void expect(BandPower power, ProbeBasis basis) {
    double squared = 0;
    for (int i = 0; i < mean.length; i++) {
      double prior = power.of(i);
      variance[i] = 1 / (1 / prior + precision[i]);
      mean[i] = weighted[i] * variance[i];
      squared += mean[i] * mean[i];
    }
    known = Math.sqrt(squared);
    for (int i = 0; i < mean.length; i++) {
      direction[i] = known > 0 ? mean[i] / known : 0;
    }
    normal = basis.combined(direction);
  }

  /**
   * Takes in whether the label changed at best + length · (combination + along · normal).
   *
   * @param combination of the vectors at these indices
   */
  void learn(int[] indices, double[] combination, double along, boolean changed) {
    double expected = offset + along * known;
    double spread = 0;
    for (int j = 0; j < indices.length; j++) {
      expected += combination[j] * mean[indices[j]];
      spread += combination[j] * combination[j] * variance[indices[j]];
    }
    double deviation = Math.sqrt(spread * (1 + NOISE * NOISE) + offsetVariance);
    double sign = changed ? 1 : -1;
    double at = sign * expected / deviation;
    double shift = OneBit.shift(at);
    double shrink = shift * (shift + at);
    for (int j = 0; j < indices.length; j++) {
      int i = indices[j];
      double share = combination[j] * variance[i] / deviation;
      double before = variance[i];
      mean[i] += sign * shift * share;
      variance[i] = Math.max(before - shrink * share * share, 0.05 * before);
      precision[i] += 1 / variance[i] - 1 / before;
      weighted[i] = mean[i] / variance[i];
    }
    double share = offsetVariance / deviation;
    offset += sign * shift * share;
    offsetVariance -= shrink * share * share;
  }

  /** Goes to a nearer point, and doubts a share of what was learned. */
  void moved(float[] nearer, double nearerLength, double drift, BandPower power) {
    double way =
        Vectors.norm(Vectors.sum(nearer, best, -1)) / Math.max(Vectors.norm(nearer), 1e-30);
    double doubt = Math.min(0.9, drift * way * way);
    for (int i = 0; i < mean.length; i++) {
      double prior = power.of(i);
      double kept = mean[i] * Math.sqrt(1 - doubt);
      double wider = Math.min(prior, variance[i] + doubt * (prior + mean[i] * mean[i]) / 2);
      precision[i] = Math.max(0, 1 / wider - 1 / prior);
      weighted[i] = kept / wider;
    }
    best = nearer;
    length = nearerLength;
  }

  /** Forgets how far beyond the boundary the best is. */
  void recentre(double deviation) {
    offset = 0;
    offsetVariance = deviation * deviation;
  }
}
