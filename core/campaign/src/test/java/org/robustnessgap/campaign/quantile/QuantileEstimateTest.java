package org.robustnessgap.campaign.quantile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.DoubleStream;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.robustnessgap.campaign.quantile.QuantileEstimate.Ranks;

class QuantileEstimateTest {

  /** Enumerates all 2ⁿ ways in which n samples can fall on either side of the quantile. */
  @ParameterizedTest
  @CsvSource({"1,0.5", "5,0.5", "6,0.5", "12,0.25", "14,0.05", "16,0.5", "13,0.9"})
  void theRanksAreTheTightestWithTwoAndAHalfPercentOnEachSide(int n, double p) {
    double[] exactly = new double[n + 1];
    for (int outcome = 0; outcome < 1 << n; outcome++) {
      int below = Integer.bitCount(outcome);
      exactly[below] += Math.pow(p, below) * Math.pow(1 - p, n - below);
    }
    Ranks ranks = Ranks.of(n, p);
    int l = (int) ranks.lower();
    int u = (int) ranks.upper();

    assertThat(sum(exactly, 0, l)).as("P(B < l)").isLessThanOrEqualTo(0.025);
    assertThat(sum(exactly, 0, l + 1)).as("P(B < l + 1)").isGreaterThan(0.025);
    assertThat(sum(exactly, u, n + 1)).as("P(B ≥ u)").isLessThanOrEqualTo(0.025);
    assertThat(sum(exactly, u - 1, n + 1)).as("P(B ≥ u − 1)").isGreaterThan(0.025);
  }

  private static double sum(double[] probabilities, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += probabilities[i];
    }
    return sum;
  }

  /** For n = 100, p = 0.5 the textbook's ranks are 40 and 61. */
  @Test
  void ranksOfTheTextbook() {
    assertThat(Ranks.of(100, 0.5)).isEqualTo(new Ranks(50, 40, 61));
  }

  @Test
  void theRankOfTheEstimateIsNotRoundedUpPastAnInteger() {
    assertThat(Ranks.of(100, 0.07).value()).isEqualTo(7);
    assertThat(Ranks.of(3, 0.05).value()).isEqualTo(1);
    assertThat(Ranks.of(512, 0.25).value()).isEqualTo(128);
  }

  @Test
  void theIntervalCoversTheTrueQuantileAtLeastAsOftenAsItClaims() {
    UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(20260101L);
    int repetitions = 4000;
    for (double p : new double[] {0.05, 0.25, 0.5}) {
      double truth = -Math.log1p(-p);
      int covered = 0;
      for (int i = 0; i < repetitions; i++) {
        LogHistogram sample =
            LogHistogram.of(
                DoubleStream.generate(() -> -Math.log1p(-random.nextDouble()))
                    .limit(128)
                    .toArray());
        QuantileEstimate estimate = QuantileEstimate.of(sample, 0, p).orElseThrow();
        if (estimate.lower() <= truth && truth <= estimate.upper()) {
          covered++;
        }
      }
      // Four standard errors of a proportion of 0.95 below it; discreteness only adds coverage.
      double error = Math.sqrt(0.95 * 0.05 / repetitions);
      assertThat(covered / (double) repetitions).as("p = %s", p).isBetween(0.95 - 4 * error, 0.99);
    }
  }

  @Test
  void theEndsAreBucketEdgesAroundTheOrderStatistics() {
    LogHistogram distances =
        LogHistogram.of(DoubleStream.iterate(1, d -> d + 1).limit(100).toArray());
    QuantileEstimate median = QuantileEstimate.of(distances, 0, 0.5).orElseThrow();
    assertThat(median.value()).isCloseTo(50, within(50 * 5e-4));
    assertThat(median.lower()).isLessThanOrEqualTo(40).isGreaterThan(40 * 0.999);
    assertThat(median.upper()).isGreaterThan(61).isLessThan(61 * 1.0011);
  }

  @Test
  void whatWasNotFoundRanksAboveEveryDistance() {
    LogHistogram distances =
        LogHistogram.of(DoubleStream.iterate(1, d -> d + 1).limit(50).toArray());
    QuantileEstimate median = QuantileEstimate.of(distances, 50, 0.5).orElseThrow();
    assertThat(median.value()).isCloseTo(50, within(50 * 5e-4));
    assertThat(median.lower()).isLessThanOrEqualTo(40).isGreaterThan(39);
    assertThat(median.upper()).isInfinite();

    QuantileEstimate ninth = QuantileEstimate.of(distances, 50, 0.9).orElseThrow();
    assertThat(ninth.value()).isInfinite();
    assertThat(ninth.lower()).as("at least the largest known").isBetween(49.9, 50.0);
  }

  @Test
  void fewSamplesHaveNoUpperEndAndNoSampleNoEstimate() {
    QuantileEstimate one = QuantileEstimate.of(LogHistogram.of(2), 0, 0.5).orElseThrow();
    assertThat(one.lower()).isZero();
    assertThat(one.upper()).isInfinite();
    assertThat(QuantileEstimate.of(LogHistogram.empty(), 0, 0.5)).isEmpty();

    QuantileEstimate nothing = QuantileEstimate.of(LogHistogram.empty(), 40, 0.5).orElseThrow();
    assertThat(nothing)
        .isEqualTo(
            new QuantileEstimate(0.5, Double.POSITIVE_INFINITY, 0, Double.POSITIVE_INFINITY));
  }
}
