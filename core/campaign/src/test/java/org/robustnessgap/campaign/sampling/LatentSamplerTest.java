package org.robustnessgap.campaign.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.apache.commons.statistics.inference.KolmogorovSmirnovTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.LatentBatch;

class LatentSamplerTest {
  @Test
  void valuesNeverChange() {
    assertThat(new LatentSampler(0, 4).draw(0, 1).values())
        .containsExactly(0.031116167f, 0.5749802f, 0.35112768f, -0.7437986f);
    assertThat(new LatentSampler(0, 4).draw(1, 1).values())
        .containsExactly(-1.1327485f, 0.435999f, 0.3791658f, 0.8341824f);
    assertThat(new LatentSampler(-7, 4).draw(1L << 40, 1).values())
        .containsExactly(-1.0144038f, -0.0077077504f, -1.6686946f, -0.12877606f);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 16, 48})
  void aVectorDoesNotDependOnItsBatch(int batchSize) {
    LatentSampler sampler = new LatentSampler(11, 13);
    float[] whole = sampler.draw(1000, 48).values();
    // Backwards, so that no batch can profit from the one before it.
    for (int first = 48 - 48 % batchSize - batchSize; first >= 0; first -= batchSize) {
      assertThat(new LatentSampler(11, 13).draw(1000 + first, batchSize).values())
          .containsExactly(Arrays.copyOfRange(whole, first * 13, (first + batchSize) * 13));
    }
  }

  @Test
  void aShorterVectorIsTheBeginningOfALongerOne() {
    assertThat(new LatentSampler(5, 200).draw(9, 1).values())
        .startsWith(new LatentSampler(5, 100).draw(9, 1).values());
  }

  @Test
  void batchesSayWhereTheyBegin() {
    var batch = new LatentSampler(1, 3).draw(128, 5);
    assertThat(batch.firstOrdinal()).isEqualTo(128);
    assertThat(batch.count()).isEqualTo(5);
    assertThat(batch.dimension()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2026, -1, Long.MIN_VALUE})
  void valuesAreStandardNormal(long seed) {
    double[] values = doubles(new LatentSampler(seed, 100).draw(0, 1000));
    var standard = NormalDistribution.of(0, 1);
    var result = KolmogorovSmirnovTest.withDefaults().test(values, standard::cumulativeProbability);
    assertThat(result.getPValue()).isGreaterThan(1e-3);
    // Standard errors for 1e5 values: 0.0032 of the mean, 0.0045 of the variance.
    double mean = Arrays.stream(values).average().orElseThrow();
    double variance = Arrays.stream(values).map(v -> v * v).average().orElseThrow() - mean * mean;
    assertThat(mean).isCloseTo(0, within(0.013));
    assertThat(variance).isCloseTo(1, within(0.018));
  }

  @Test
  void eachCoordinateIsStandardNormalAcrossOrdinals() {
    // Ordinals differ in a few bits of the counter only; a weak generator would show it here.
    int dimension = 100;
    int count = 2000;
    double[] values = doubles(new LatentSampler(3, dimension).draw(0, count));
    var standard = NormalDistribution.of(0, 1);
    for (int coordinate : new int[] {0, 1, 50, 99}) {
      double[] column = column(values, dimension, coordinate);
      assertThat(
              KolmogorovSmirnovTest.withDefaults()
                  .test(column, standard::cumulativeProbability)
                  .getPValue())
          .isGreaterThan(1e-3);
    }
  }

  @Test
  void neighboursAreUncorrelated() {
    int dimension = 400;
    int count = 100;
    double[] values = doubles(new LatentSampler(4, dimension).draw(0, count));
    double[] otherSeed = doubles(new LatentSampler(5, dimension).draw(0, count));
    int n = (count - 1) * dimension;
    // The mean of 39600 products has standard error 0.005.
    assertThat(correlation(values, 0, values, dimension, n)).isCloseTo(0, within(0.02));
    assertThat(correlation(values, 0, values, 1, n)).isCloseTo(0, within(0.02));
    assertThat(correlation(values, 0, otherSeed, 0, n)).isCloseTo(0, within(0.02));
    assertThat(correlation(values, 0, otherSeed, dimension, n)).isCloseTo(0, within(0.02));
  }

  @Test
  void normsAreThoseOfGaussianVectors() {
    double[] values = doubles(new LatentSampler(6, 100).draw(0, 2000));
    double meanNorm =
        IntStream.range(0, 2000)
            .mapToDouble(
                row ->
                    Math.sqrt(
                        Arrays.stream(values, row * 100, (row + 1) * 100).map(v -> v * v).sum()))
            .average()
            .orElseThrow();
    // E‖z‖ = √2 Γ(50.5)/Γ(50); the norm's standard deviation is 0.706, its mean's 0.0158.
    assertThat(meanNorm).isCloseTo(9.975031639551357, within(0.06));
  }

  @Test
  void nonsenseIsRefused() {
    assertThatThrownBy(() -> new LatentSampler(0, 0))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("dimension");
    LatentSampler sampler = new LatentSampler(0, 1);
    assertThatThrownBy(() -> sampler.draw(0, 0)).isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> sampler.draw(-1, 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("ordinal");
  }

  private static double[] doubles(LatentBatch batch) {
    float[] values = batch.values();
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
  }

  private static double[] column(double[] values, int dimension, int coordinate) {
    return IntStream.range(0, values.length / dimension)
        .mapToDouble(row -> values[row * dimension + coordinate])
        .toArray();
  }

  private static double correlation(double[] a, int fromA, double[] b, int fromB, int n) {
    return IntStream.range(0, n).mapToDouble(i -> a[fromA + i] * b[fromB + i]).sum() / n;
  }
}
