package org.robustnessgap.campaign.quantile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;
import org.apache.commons.rng.simple.RandomSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Json;

class LogHistogramTest {
  private final UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(1L);

  @ParameterizedTest
  @ValueSource(
      doubles = {Double.MIN_NORMAL, 1e-300, 1e-9, 0.999999, 1, 1.001, 27, 1e12, Double.MAX_VALUE})
  void aBucketEnclosesItsDistanceWithinHalfATenthOfAPercent(double distance) {
    LogHistogram.Bucket bucket = LogHistogram.of(distance).bucketOfRank(1);
    assertThat(bucket.lower()).isLessThanOrEqualTo(distance);
    assertThat(bucket.upper()).isGreaterThan(distance);
    if (distance < Double.MAX_VALUE) {
      assertThat(Math.abs(bucket.middle() - distance) / distance).isLessThanOrEqualTo(5e-4);
    }
  }

  @Test
  void everyBucketEdgeFallsIntoTheBucketItBegins() {
    for (int i = -20_000; i < 20_000; i += 7) {
      double edge = StrictMath.exp(i / 1000.0);
      assertThat(LogHistogram.of(edge).bucketOfRank(1).lower()).isEqualTo(edge);
      LogHistogram.Bucket below = LogHistogram.of(Math.nextDown(edge)).bucketOfRank(1);
      assertThat(below.upper()).isEqualTo(edge);
    }
  }

  @Test
  void zerosAndSubnormalsRankBelowEverything() {
    LogHistogram histogram = LogHistogram.of(1e-300, 0, Double.MIN_VALUE);
    assertThat(histogram.count()).isEqualTo(3);
    assertThat(histogram.bucketOfRank(1).middle()).isZero();
    assertThat(histogram.bucketOfRank(2).lower()).isZero();
    assertThat(histogram.bucketOfRank(3).lower()).isPositive();
  }

  @Test
  void neitherOrderNorGroupingMatters() {
    double[] distances = logNormal(500);
    LogHistogram inOrder = LogHistogram.of(distances);

    double[] shuffled = distances.clone();
    org.apache.commons.rng.sampling.ArraySampler.shuffle(random, shuffled);
    assertThat(LogHistogram.of(shuffled)).isEqualTo(inOrder);

    LogHistogram left = LogHistogram.of(Arrays.copyOfRange(distances, 0, 123));
    LogHistogram right = LogHistogram.of(Arrays.copyOfRange(distances, 123, 500));
    assertThat(left.plus(right)).isEqualTo(inOrder).isEqualTo(right.plus(left));
    assertThat(left.plus(LogHistogram.empty())).isEqualTo(left);
  }

  @Test
  void ranksAgreeWithSorting() {
    double[] distances = logNormal(2000);
    LogHistogram histogram = LogHistogram.of(distances);
    Arrays.sort(distances);
    for (int rank = 1; rank <= distances.length; rank++) {
      LogHistogram.Bucket bucket = histogram.bucketOfRank(rank);
      assertThat(distances[rank - 1]).isBetween(bucket.lower(), Math.nextDown(bucket.upper()));
    }
  }

  @Test
  void cumulativeCountsAreExactAtBucketEdges() {
    double[] distances = logNormal(300);
    for (LogHistogram.Cumulative step : LogHistogram.of(distances).cumulative()) {
      long below = Arrays.stream(distances).filter(d -> d < step.bucket().upper()).count();
      assertThat(step.count()).isEqualTo(below);
    }
  }

  @Test
  void jsonIsCompactAndComesBackEqual() {
    LogHistogram histogram = LogHistogram.of(0, 1, 1, 1.0015, 0.5);
    byte[] json = Json.write(histogram);
    assertThat(new String(json, java.nio.charset.StandardCharsets.US_ASCII))
        .isEqualTo("[1,-694,1,694,2,1,1]");
    LogHistogram back = Json.read(json, LogHistogram.class);
    assertThat(back).isEqualTo(histogram);
    assertThat(back.count()).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "[0,1]", "[0,5,0]", "[0,5,1,0,1]", "[0,5,-1]", "7"})
  void brokenJsonIsRefused(String json) {
    assertThatThrownBy(
            () ->
                Json.read(
                    json.getBytes(java.nio.charset.StandardCharsets.US_ASCII), LogHistogram.class))
        .isInstanceOf(InvalidInputException.class);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1e-9, Double.NaN, Double.POSITIVE_INFINITY})
  void whatIsNoDistanceIsRefused(double value) {
    assertThatThrownBy(() -> LogHistogram.of(value)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theMedianOfManyIsWithinTheBucketWidth() {
    double[] distances = logNormal(100_001);
    LogHistogram histogram = LogHistogram.of(distances);
    Arrays.sort(distances);
    assertThat(histogram.bucketOfRank(50_001).middle() / distances[50_000])
        .isCloseTo(1, within(5e-4));
  }

  private double[] logNormal(int n) {
    var normal = ZigguratSampler.NormalizedGaussian.of(random);
    return java.util.stream.DoubleStream.generate(() -> Math.exp(normal.sample() * 1.5))
        .limit(n)
        .toArray();
  }
}
