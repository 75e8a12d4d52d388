package org.robustnessgap.campaign.quantile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Distances of the same samples, measured of two classifiers, and how their quantiles differ.
 *
 * <p>Intervals are those of the paired percentile bootstrap (Efron and Tibshirani, An Introduction
 * to the Bootstrap, 1993, sections 8.3 and 13.3): samples are drawn with replacement, each with
 * both of its distances, and what chance does to the change is read off the changes of many such
 * draws. What the two classifiers have in common so cancels.
 */
public final class PairedDistances {
  private static final int DRAWS = 10_000;

  private final double[] before;
  private final double[] after;
  private final int[] byBefore;
  private final int[] byAfter;

  /**
   * @param before distances of the one classifier, each at least 0; +∞ beyond every distance
   * @param after of the same samples, those of the other
   * @throws IllegalArgumentException if there are none, or of one more than of the other
   */
  public PairedDistances(double[] before, double[] after) {
    if (before.length != after.length || before.length == 0) {
      throw new IllegalArgumentException(
          before.length + " distances cannot be paired with " + after.length);
    }
    this.before = before.clone();
    this.after = after.clone();
    this.byBefore = order(this.before);
    this.byAfter = order(this.after);
  }

  private static int[] order(double[] distances) {
    return IntStream.range(0, distances.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> distances[i]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** How many samples. */
  public int count() {
    return before.length;
  }

  /**
   * How quantiles changed.
   *
   * @param quantiles each in (0, 1)
   * @param errorRate of each interval, in (0, 1): it misses the true change so often, half of that
   *     on either side
   * @param seed of the draws
   * @return in the order of the quantiles
   */
  public List<QuantileChange> changes(List<Double> quantiles, double errorRate, long seed) {
    return changes(quantiles, errorRate, seed, DRAWS);
  }

  List<QuantileChange> changes(List<Double> quantiles, double errorRate, long seed, int draws) {
    long[] ranks = quantiles.stream().mapToLong(p -> QuantileEstimate.rank(count(), p)).toArray();
    SplittableRandom random = new SplittableRandom(seed);
    double[][] drawn = new double[ranks.length][draws];
    int[] times = new int[count()];
    for (int draw = 0; draw < draws; draw++) {
      Arrays.fill(times, 0);
      for (int i = 0; i < times.length; i++) {
        times[random.nextInt(times.length)]++;
      }
      double[] old = at(ranks, before, byBefore, times);
      double[] now = at(ranks, after, byAfter, times);
      for (int q = 0; q < ranks.length; q++) {
        drawn[q][draw] = change(old[q], now[q]);
      }
    }
    Arrays.fill(times, 1);
    double[] old = at(ranks, before, byBefore, times);
    double[] now = at(ranks, after, byAfter, times);
    int tail = (int) Math.floor(draws * errorRate / 2);
    List<QuantileChange> changes = new ArrayList<>();
    for (int q = 0; q < ranks.length; q++) {
      Arrays.sort(drawn[q]);
      changes.add(
          new QuantileChange(
              quantiles.get(q),
              old[q],
              now[q],
              change(old[q], now[q]),
              drawn[q][tail],
              drawn[q][draws - 1 - tail]));
    }
    return changes;
  }

  /** The distances of these ranks where each sample is there several times. */
  private static double[] at(long[] ranks, double[] distances, int[] order, int[] times) {
    double[] found = new double[ranks.length];
    Arrays.fill(found, Double.NaN);
    int missing = ranks.length;
    long below = 0;
    for (int k = 0; missing > 0; k++) {
      long upTo = below + times[order[k]];
      for (int q = 0; q < ranks.length; q++) {
        if (ranks[q] > below && ranks[q] <= upTo) {
          found[q] = distances[order[k]];
          missing--;
        }
      }
      below = upTo;
    }
    return found;
  }

  /** Relative; 0 where both are the same, also if that is 0 or ∞. */
  private static double change(double old, double now) {
    return old == now ? 0 : now / old - 1;
  }
}
