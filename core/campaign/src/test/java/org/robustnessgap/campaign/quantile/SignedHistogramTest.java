package org.robustnessgap.campaign.quantile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class SignedHistogramTest {
  @Test
  void orderStatisticsAreThoseOfTheNumbersOfEitherSign() {
    SplittableRandom random = new SplittableRandom(5);
    double[] values = random.doubles(201, -3, 2).toArray();
    SignedHistogram histogram = SignedHistogram.empty();
    SignedHistogram backwards = SignedHistogram.empty();
    for (int i = 0; i < values.length; i++) {
      histogram = histogram.plus(values[i]);
      backwards = backwards.plus(values[values.length - 1 - i]);
    }
    Arrays.sort(values);

    assertThat(histogram).isEqualTo(backwards);
    assertThat(histogram.samples()).isEqualTo(201);
    for (double fraction : new double[] {0.001, 0.25, 0.5, 0.6, 0.75, 1}) {
      int rank = (int) Math.max(1, Math.ceil(fraction * 201));
      assertThat(histogram.quantile(fraction))
          .isCloseTo(values[rank - 1], Percentage.withPercentage(0.6));
    }
  }

  @Test
  void zerosLieBetween() {
    SignedHistogram histogram = SignedHistogram.empty().plus(0).plus(-1).plus(1);
    assertThat(histogram.quantile(0.5)).isZero();
    assertThat(histogram.quantile(0.3)).isCloseTo(-1, Percentage.withPercentage(0.6));
  }
}
