package org.robustnessgap.campaign.quantile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.robustnessgap.campaign.quantile.LogHistogram.Bucket;
import org.robustnessgap.campaign.quantile.LogHistogram.Cumulative;

/**
 * Quantiles of distances in data of another mix of labels: each sample of label i has the weight
 * q_i / n_i, q_i = c_i / N the share of the label among N data, n_i its samples.
 *
 * <p>The 95 % interval holds for any distribution. At the true quantile the weighted fraction of
 * samples below is a mean of independent indicators of weights q_i / n_i around Σ_i q_i F_i, and
 * that one a mean of N independent numbers in [0, 1] around p; by Hoeffding's inequality each is
 * off by more than √(ln(1/α) Σ_i q_i² / n_i / 2) and √(ln(1/α) / 2N) with probability α on either
 * side, and α is 1.25 %. Labels without samples are farther than every distance; for the lower end
 * of the interval they are nearer.
 */
public final class MixQuantile {
  /** A quarter of 5 %: two sides of two sources. */
  private static final double TAIL = 0.0125;

  private static final double ROUNDING = 1e-9;

  /** By ascending distance, with the weight in or below each bucket. */
  private final List<Step> steps = new ArrayList<>();

  /** The share of labels of which there is no sample. */
  private final double unknown;

  /** By how much the weighted fraction may be off. */
  private final double error;

  private record Step(Bucket bucket, double weight) {}

  /**
   * @param samples by label, from 0
   * @param mix c_i, labels counted in the data, by label; not all 0
   */
  public MixQuantile(Map<Integer, LabelledDistances> samples, List<Long> mix) {
    double data = mix.stream().mapToLong(Long::longValue).sum();
    List<Step> weights = new ArrayList<>();
    double without = 0;
    double squares = 0;
    for (int label = 0; label < mix.size(); label++) {
      double share = mix.get(label) / data;
      LabelledDistances found = samples.getOrDefault(label, LabelledDistances.EMPTY);
      if (found.samples() == 0) {
        without += share;
      } else if (share > 0) {
        double weight = share / found.samples();
        squares += share * weight;
        long before = 0;
        for (Cumulative upTo : found.distances().cumulative()) {
          weights.add(new Step(upTo.bucket(), weight * (upTo.count() - before)));
          before = upTo.count();
        }
      }
    }
    weights.sort(Comparator.comparingDouble(step -> step.bucket().lower()));
    double sum = 0;
    for (Step step : weights) {
      sum += step.weight();
      steps.add(new Step(step.bucket(), sum));
    }
    unknown = without;
    error = Math.sqrt(-Math.log(TAIL) / 2) * (Math.sqrt(squares) + Math.sqrt(1 / data));
  }

  /** The share of the data with labels of which there is no sample. */
  public double unknown() {
    return unknown;
  }

  /**
   * @param p in (0, 1)
   * @return empty if there is no sample of any label in the mix
   */
  public Optional<QuantileEstimate> at(double p) {
    if (unknown > 1 - ROUNDING) {
      return Optional.empty();
    }
    double least = p - error - unknown;
    return Optional.of(
        new QuantileEstimate(
            p,
            first(p - ROUNDING).map(Bucket::middle).orElse(Double.POSITIVE_INFINITY),
            least <= 0 ? 0 : first(least).map(Bucket::lower).orElseGet(this::largest),
            first(p + error).map(Bucket::upper).orElse(Double.POSITIVE_INFINITY)));
  }

  /** The first bucket up to which there is so much weight. */
  private Optional<Bucket> first(double weight) {
    return steps.stream().filter(step -> step.weight() >= weight).map(Step::bucket).findFirst();
  }

  /** Lower edge of the last bucket; 0 if there is none. */
  private double largest() {
    return steps.isEmpty() ? 0 : steps.get(steps.size() - 1).bucket().lower();
  }
}
