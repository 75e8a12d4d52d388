package org.robustnessgap.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.commons.math3.distribution.BinomialDistribution;
import org.junit.jupiter.api.Test;

class ClassMeasureRegionTest {
  private static final double ROUNDING = 1 + 1e-12;

  /** For two classes the region is one Clopper–Pearson interval, and its ends are m and 1 − m. */
  @Test
  void twoClassesAreABinomialProportion() {
    ClassMeasures ends = new ClassMeasureRegion(List.of(20L, 80L), 0.05).leastEven();
    double smaller = ends.measure(0);
    // The interval of either class has error rate 0.025, so 0.0125 on each side.
    assertThat(new BinomialDistribution(100, smaller).cumulativeProbability(19))
        .isCloseTo(1 - 0.0125, within(1e-9));
    ClassMeasures evenest = new ClassMeasureRegion(List.of(20L, 80L), 0.05).evenest();
    assertThat(new BinomialDistribution(100, evenest.measure(0)).cumulativeProbability(20))
        .isCloseTo(0.0125, within(1e-9));
    assertThat(new ClassMeasureRegion(List.of(48L, 52L), 0.05).evenest().measure(0))
        .isCloseTo(0.5, within(1e-12));
  }

  /** The two extreme elements bound the limit of any element, for every t. */
  @Test
  void itsExtremesBoundEveryElement() {
    Random random = new Random(3);
    for (int round = 0; round < 40; round++) {
      List<Long> counts = randomCounts(random, 2 + random.nextInt(12), 300);
      ClassMeasureRegion region = new ClassMeasureRegion(counts, 0.05);
      LatentLimit lowest = new LatentLimit(region.leastEven());
      LatentLimit highest = new LatentLimit(region.evenest());
      LatentLimit observed = new LatentLimit(ClassMeasures.ofCounts(counts));
      for (double t = 0.01; t < 6; t *= 1.7) {
        assertThat(observed.probability(t))
            .isBetween(lowest.probability(t) / ROUNDING, highest.probability(t) * ROUNDING);
      }
    }
  }

  /**
   * Known measures, sampled labels: the band must hold the whole true curve, and so every quantile
   * limit, as often as it says.
   */
  @Test
  void coversTheTruthOverTwoThousandRepetitions() {
    Random random = new Random(4);
    int repetitions = 2_000;
    int curves = 0;
    int quantiles = 0;
    for (int i = 0; i < repetitions; i++) {
      double[] drawn = LatentLimitTest.randomMeasures(random, 2 + random.nextInt(9));
      LatentLimit truth = new LatentLimit(ClassMeasures.of(drawn));
      ClassMeasureRegion region = new ClassMeasureRegion(sample(random, drawn, 200), 0.05);
      LatentLimit highest = new LatentLimit(region.evenest());
      LatentLimit lowest = new LatentLimit(region.leastEven());
      curves += contains(lowest, truth, highest) ? 1 : 0;
      double limit = truth.quantile(0.25).orElseThrow();
      quantiles +=
          highest.quantile(0.25).orElseThrow() <= limit
                  && limit <= lowest.quantile(0.25).orElse(Double.POSITIVE_INFINITY)
              ? 1
              : 0;
    }
    assertThat(curves / (double) repetitions).isGreaterThanOrEqualTo(0.945);
    assertThat(quantiles).isGreaterThanOrEqualTo(curves);
  }

  private static boolean contains(LimitCurve lowest, LimitCurve curve, LimitCurve highest) {
    for (double t = 0.01; t < 5; t *= 1.5) {
      double probability = curve.probability(t);
      if (probability * ROUNDING < lowest.probability(t)
          || probability > highest.probability(t) * ROUNDING) {
        return false;
      }
    }
    return true;
  }

  @Test
  void narrowsWithMoreLabels() {
    double previous = Double.POSITIVE_INFINITY;
    for (long labels : new long[] {10, 100, 10_000, 10_000_000_000L}) {
      ClassMeasureRegion region =
          new ClassMeasureRegion(List.of(labels, 2 * labels, 3 * labels), 0.05);
      double width =
          new LatentLimit(region.leastEven()).quantile(0.25).orElseThrow()
              - new LatentLimit(region.evenest()).quantile(0.25).orElseThrow();
      assertThat(width).isPositive().isLessThan(previous);
      previous = width;
    }
    assertThat(previous).isLessThan(1e-4);
  }

  @Test
  void aSingleLabelLeavesTheLimitUnbounded() {
    ClassMeasureRegion region = new ClassMeasureRegion(List.of(0L, 1L, 0L), 0.05);
    assertThat(new LatentLimit(region.leastEven()).quantile(0.25).orElse(99)).isGreaterThan(2);
    assertThat(new LatentLimit(region.evenest()).quantile(0.25)).isPresent();
  }

  private static List<Long> randomCounts(Random random, int classes, int labels) {
    return sample(random, LatentLimitTest.randomMeasures(random, classes), labels);
  }

  private static List<Long> sample(Random random, double[] measures, int labels) {
    long[] counts = new long[measures.length];
    for (int i = 0; i < labels; i++) {
      double u = random.nextDouble();
      int label = 0;
      while (label < measures.length - 1 && u >= measures[label]) {
        u -= measures[label++];
      }
      counts[label]++;
    }
    List<Long> list = new ArrayList<>();
    for (long count : counts) {
      list.add(count);
    }
    return list;
  }
}
