package org.robustnessgap.bound.limit;

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

  /** Known measures, sampled labels: the interval must hold the true limit as often as it says. */
  @Test
  void coversTheTruth() {
    Random random = new Random(4);
    int covered = 0;
    int rounds = 300;
    for (int round = 0; round < rounds; round++) {
      double[] truth = LatentLimitTest.randomMeasures(random, 2 + random.nextInt(9));
      ClassMeasureRegion region = new ClassMeasureRegion(sample(random, truth, 200), 0.05);
      double limit = new LatentLimit(ClassMeasures.of(truth)).quantile(0.25).orElseThrow();
      double lower = new LatentLimit(region.evenest()).quantile(0.25).orElseThrow();
      double upper =
          new LatentLimit(region.leastEven()).quantile(0.25).orElse(Double.POSITIVE_INFINITY);
      if (lower <= limit && limit <= upper) {
        covered++;
      }
    }
    assertThat(covered).isGreaterThanOrEqualTo(285);
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
