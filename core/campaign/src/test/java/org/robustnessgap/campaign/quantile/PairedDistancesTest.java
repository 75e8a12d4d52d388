package org.robustnessgap.campaign.quantile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PairedDistancesTest {
  private static final double INFINITY = Double.POSITIVE_INFINITY;
  private static final int SAMPLES = 100;
  private static final int SIMULATIONS = 400;
  private static final int DRAWS = 1000;

  private static double[] lognormal(SplittableRandom random, int count) {
    return random
        .doubles(count)
        .map(
            u ->
                Math.exp(Math.sqrt(-2 * Math.log1p(-u)) * Math.cos(6.283185 * random.nextDouble())))
        .toArray();
  }

  private static double[] times(double factor, double[] distances) {
    return DoubleStream.of(distances).map(x -> factor * x).toArray();
  }

  @Test
  void theSameDistancesDidNotChangeAndTheIntervalIsNothing() {
    double[] distances = lognormal(new SplittableRandom(1), 50);
    distances[7] = INFINITY;
    distances[8] = 0;
    for (QuantileChange change :
        new PairedDistances(distances, distances).changes(List.of(0.01, 0.5, 0.99), 0.05, 0)) {
      assertThat(change.before()).isEqualTo(change.after());
      assertThat(List.of(change.change(), change.lower(), change.upper())).containsOnly(0.0);
      assertThat(change.isLossBeyond(0)).isFalse();
    }
  }

  /** What both have in common cancels: without pairs the interval would be far from nothing. */
  @Test
  void aCommonFactorIsFoundExactly() {
    double[] distances = lognormal(new SplittableRandom(2), 30);
    QuantileChange median =
        new PairedDistances(distances, times(0.75, distances))
            .changes(List.of(0.5), 0.05, 0)
            .get(0);
    assertThat(median.change()).isEqualTo(-0.25);
    assertThat(median.lower()).isCloseTo(-0.25, within(1e-12));
    assertThat(median.upper()).isCloseTo(-0.25, within(1e-12));
    assertThat(median.isLossBeyond(0.2)).isTrue();
    assertThat(median.isLossBeyond(0.3)).isFalse();
  }

  /** Of two samples a draw holds the first twice, the second twice, or each once. */
  @Test
  void ofTwoSamplesTheIntervalIsThatOfTheirOwnChanges() {
    QuantileChange half =
        new PairedDistances(new double[] {1, 10}, new double[] {2, 5})
            .changes(List.of(0.5), 0.05, 0)
            .get(0);
    assertThat(half.before()).isEqualTo(1);
    assertThat(half.after()).isEqualTo(2);
    assertThat(half.change()).isEqualTo(1);
    assertThat(half.lower()).isEqualTo(-0.5);
    assertThat(half.upper()).isEqualTo(1);
  }

  @Test
  void whatIsBeyondEveryDistanceIsInfinitelyFar() {
    List<QuantileChange> changes =
        new PairedDistances(
                new double[] {1, INFINITY, INFINITY, INFINITY}, new double[] {0, 1, 1, INFINITY})
            .changes(List.of(0.25, 0.5, 1 - 1e-9), 0.05, 0);
    assertThat(changes).extracting(QuantileChange::after).containsExactly(0.0, 1.0, INFINITY);
    assertThat(changes).extracting(QuantileChange::change).containsExactly(-1.0, -1.0, 0.0);

    QuantileChange gained =
        new PairedDistances(new double[] {0, 0}, new double[] {0.5, INFINITY})
            .changes(List.of(0.5), 0.05, 0)
            .get(0);
    assertThat(gained.change()).isEqualTo(INFINITY);
    assertThat(gained.lower()).isEqualTo(INFINITY);
  }

  /** log distances have a common part, and the new ones are a tenth smaller. */
  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.25, 0.5})
  void nineteenOfTwentyIntervalsHoldTheTrueChange(double quantile) {
    SplittableRandom random = new SplittableRandom(3);
    int held = 0;
    for (int i = 0; i < SIMULATIONS; i++) {
      double[] common = lognormal(random, SAMPLES);
      double[] old = lognormal(random, SAMPLES);
      double[] now = lognormal(random, SAMPLES);
      for (int k = 0; k < SAMPLES; k++) {
        old[k] = common[k] * common[k] * old[k];
        now[k] = 0.9 * common[k] * common[k] * now[k];
      }
      QuantileChange change =
          new PairedDistances(old, now).changes(List.of(quantile), 0.05, i, DRAWS).get(0);
      held += change.lower() <= -0.1 && -0.1 <= change.upper() ? 1 : 0;
    }
    assertThat(held / (double) SIMULATIONS).isBetween(0.925, 0.99);
  }

  /** All intervals together hold what is true in 95 of 100 comparisons or more. */
  @Test
  void ofEquallyRobustClassifiersFewHaveALoss() {
    List<Double> quantiles = List.of(0.1, 0.25, 0.5);
    SplittableRandom random = new SplittableRandom(4);
    int alarms = 0;
    for (int i = 0; i < SIMULATIONS; i++) {
      double[] old = lognormal(random, SAMPLES);
      double[] now = lognormal(random, SAMPLES);
      alarms +=
          new PairedDistances(old, now)
                  .changes(quantiles, 0.05 / quantiles.size(), i, DRAWS).stream()
                      .anyMatch(change -> change.isLossBeyond(0))
              ? 1
              : 0;
    }
    assertThat(alarms / (double) SIMULATIONS).isLessThan(0.05);
  }

  @Test
  void whatCannotBePairedIsRefused() {
    assertThatThrownBy(() -> new PairedDistances(new double[2], new double[3]))
        .hasMessageContaining("2 distances");
    assertThatThrownBy(() -> new PairedDistances(new double[0], new double[0]))
        .hasMessageContaining("0 distances");
  }
}
