package org.robustnessgap.campaign.quantile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.robustnessgap.messages.Outcome;

final class MixQuantileTest {
  private static final Outcome NOT_FOUND =
      new Outcome.NotFound(Outcome.NotFound.Reason.BUDGET, 1, 1);

  @Test
  void isTheOrdinaryQuantileForTheSamplesOwnMix() {
    Map<Integer, LabelledDistances> samples =
        Map.of(0, of(1, 5, 7), 1, of(2, 3, 4, 6, 8).plus(NOT_FOUND));
    LogHistogram all = LogHistogram.of(1, 2, 3, 4, 5, 6, 7, 8);
    MixQuantile mix = new MixQuantile(samples, List.of(3L, 6L));

    for (double p : new double[] {0.1, 1 / 3.0, 0.5, 0.8, 0.95}) {
      assertThat(mix.at(p).orElseThrow().value())
          .isEqualTo(QuantileEstimate.of(all, 1, p).orElseThrow().value());
    }
  }

  @Test
  void weighsEachLabelByItsShare() {
    Map<Integer, LabelledDistances> samples = Map.of(0, of(1, 2), 1, of(10, 20));

    assertThat(value(samples, 0.5, List.of(1L, 9L))).isCloseTo(10, within(0.01));
    assertThat(value(samples, 0.5, List.of(9L, 1L))).isCloseTo(2, within(0.01));
    assertThat(value(samples, 0.99, List.of(9L, 0L))).isCloseTo(2, within(0.01));
  }

  @Test
  void aLabelWithoutSamplesIsFartherThanAll() {
    MixQuantile mix = new MixQuantile(Map.of(0, of(1, 2, 3, 4)), List.of(80_000L, 20_000L));

    assertThat(mix.unknown()).isEqualTo(0.2);
    assertThat(mix.at(0.4).orElseThrow().value()).isCloseTo(2, within(0.01));
    assertThat(mix.at(0.9).orElseThrow().value()).isInfinite();
    assertThat(new MixQuantile(Map.of(0, of(1, 2)), List.of(0L, 5L)).at(0.5)).isEmpty();
  }

  @Test
  void anUnknownLabelMayBeNearerThanAll() {
    Map<Integer, LabelledDistances> samples = new HashMap<>();
    LogHistogram many = LogHistogram.empty();
    for (int i = 1; i <= 20_000; i++) {
      many = many.plus(i);
    }
    samples.put(0, new LabelledDistances(many, 0));
    QuantileEstimate estimate =
        new MixQuantile(samples, List.of(800_000L, 200_000L)).at(0.4).orElseThrow();

    // 0.4 of all data are between 0.2 and 0.4 of the 80 % that are known.
    assertThat(estimate.lower()).isBetween(0.22 * 20_000, 0.25 * 20_000);
    assertThat(estimate.upper()).isBetween(0.5 * 20_000, 0.53 * 20_000);
  }

  /** Exponential distances of means 1 and 3, drawn in other shares than those of the data. */
  @Test
  void theIntervalCoversTheTrueQuantileAtLeastAsOftenAsItClaims() {
    double share = 0.8;
    double p = 0.25;
    double truth = 0;
    while (share * (1 - Math.exp(-truth)) + (1 - share) * (1 - Math.exp(-truth / 3)) < p) {
      truth += 1e-4;
    }
    Random random = new Random(5);
    int covered = 0;
    int repetitions = 400;
    for (int repetition = 0; repetition < repetitions; repetition++) {
      LabelledDistances[] found = {LabelledDistances.EMPTY, LabelledDistances.EMPTY};
      for (int i = 0; i < 200; i++) {
        int label = random.nextDouble() < 0.3 ? 0 : 1;
        double distance = -Math.log(1 - random.nextDouble()) * (label == 0 ? 1 : 3);
        found[label] = found[label].plus(new Outcome.Found(distance, 1, null, 1, 1));
      }
      long counted = random.doubles(300).filter(u -> u < share).count();
      QuantileEstimate estimate =
          new MixQuantile(Map.of(0, found[0], 1, found[1]), List.of(counted, 300 - counted))
              .at(p)
              .orElseThrow();
      covered += estimate.lower() <= truth && truth <= estimate.upper() ? 1 : 0;
      assertThat(estimate.value()).isBetween(estimate.lower(), estimate.upper());
    }
    assertThat(covered).isGreaterThanOrEqualTo((int) (0.945 * repetitions));
  }

  private static double value(Map<Integer, LabelledDistances> samples, double p, List<Long> mix) {
    return new MixQuantile(samples, mix).at(p).orElseThrow().value();
  }

  private static LabelledDistances of(double... distances) {
    return new LabelledDistances(LogHistogram.of(distances), 0);
  }
}
