package org.robustnessgap.campaign.fold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.robustnessgap.campaign.quantile.QuantileEstimate;
import org.robustnessgap.messages.RobustnessGap;
import org.robustnessgap.messages.RobustnessGap.QuantileGap;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.StreamId;
import org.robustnessgap.messages.TheoreticalLimits;
import org.robustnessgap.messages.TheoreticalLimits.Kind;
import org.robustnessgap.messages.TheoreticalLimits.QuantileLimit;
import org.robustnessgap.messages.TheoreticalLimits.SpaceLimit;
import org.robustnessgap.messages.Window;

class GapsTest {
  private static final StreamId STREAM = new StreamId("c", "m");
  private static final double INFINITE = Double.POSITIVE_INFINITY;

  @Test
  void theRatiosIntervalCombinesBothIntervals() {
    QuantileGap gap = gap(new QuantileLimit(0.25, 6.0, 5.0, 8.0, 0.6), estimate(2, 1, 4));
    assertThat(gap).isEqualTo(new QuantileGap(0.25, 0.6, 0.5, 0.8, 0.2, 0.1, 0.4, 3.0, 1.25, 8.0));
  }

  @Test
  void aLimitWithoutAnIntervalCountsAsExact() {
    QuantileGap gap = gap(new QuantileLimit(0.25, 6.0, null, null, 0.6), estimate(2, 1, 4));
    assertThat(gap.gapLower()).isEqualTo(1.5);
    assertThat(gap.gapUpper()).isEqualTo(6.0);
  }

  @Test
  void whatIsUndefinedIsNull() {
    QuantileLimit limit = new QuantileLimit(0.25, 6.0, 5.0, 8.0, 0.6);
    assertThat(gap(limit, Optional.empty()))
        .isEqualTo(new QuantileGap(0.25, 0.6, 0.5, 0.8, null, null, null, null, null, null));
    assertThat(gap(limit, estimate(2, 0, INFINITE)))
        .isEqualTo(new QuantileGap(0.25, 0.6, 0.5, 0.8, 0.2, 0.0, null, 3.0, null, null));
    assertThat(gap(limit, estimate(INFINITE, 1, INFINITE)))
        .isEqualTo(new QuantileGap(0.25, 0.6, 0.5, 0.8, null, 0.1, null, null, null, 8.0));
    assertThat(gap(limit, estimate(0, 0, 0)).gapRatio()).isNull();
    assertThat(gap(new QuantileLimit(0.25, null, null, null, null), estimate(2, 1, 4)))
        .isEqualTo(new QuantileGap(0.25, null, null, null, 0.2, 0.1, 0.4, null, null, null));
  }

  @Test
  void withoutLimitsThereAreCountsButNoQuantiles() {
    RobustnessGap gap =
        Made.gap(State.empty().apply(Made.measured(STREAM, new Window(0, 8), 0)), STREAM)
            .orElseThrow();
    assertThat(gap.measured()).isEqualTo(Made.BATCH);
    assertThat(gap.inFlight()).isZero();
    assertThat(gap.attackSeconds()).isEqualTo(0.1);
    assertThat(gap.limitSamples()).isNull();
    assertThat(gap.smoothnessSamples()).isNull();
    RobustnessGap.SpaceGap latent = gap.spaces().get(Space.LATENT);
    assertThat(latent.kind()).isNull();
    assertThat(latent.quantiles()).isEmpty();
    assertThat(latent.found() + latent.notFound() + latent.failed()).isEqualTo(Made.BATCH);
  }

  @Test
  void theWholeWayFromResultsToTheRatio() {
    double[] distances = new double[100];
    for (int i = 0; i < 100; i++) {
      distances[i] = (i + 1) / 100.0;
    }
    Window window = new Window(0, 100);
    SpaceLimit limit =
        new SpaceLimit(
            Kind.EXACT,
            10,
            List.of(new QuantileLimit(0.5, 2.0, null, null, 0.2)),
            List.of(),
            List.of());
    State state =
        State.empty()
            .apply(new Event.Answered(Made.latent(STREAM, window, 0, distances), 1))
            .apply(
                new Event.LimitsChanged(
                    new TheoreticalLimits(
                        STREAM, 2, List.of(1L, 1L), 64L, Map.of(Space.LATENT, limit)),
                    2));
    RobustnessGap gap = Made.gap(state, STREAM).orElseThrow();
    QuantileGap median = gap.spaces().get(Space.LATENT).quantiles().get(0);
    assertThat(median.limit()).isEqualTo(0.2);
    assertThat(median.measured()).isCloseTo(0.05, within(0.05 * 5e-4));
    assertThat(median.measuredLower()).isCloseTo(0.040, within(0.0001));
    assertThat(median.measuredUpper()).isCloseTo(0.061, within(0.0001));
    assertThat(median.gapRatio()).isCloseTo(4, within(0.003));
    assertThat(gap.limitSamples()).isEqualTo(2);
    assertThat(gap.smoothnessSamples()).isEqualTo(64);
    assertThat(gap.gradients()).isEqualTo(300);
    assertThat(gap.forwards()).isEqualTo(200);
  }

  @Test
  void aLimitWithoutUpperBoundGivesARatioWithout() {
    QuantileGap unbounded =
        gap(new QuantileLimit(0.25, 2.0, 0.5, null, 0.2), estimate(1.0, 0.8, 1.25));
    assertThat(unbounded.gapRatio()).isEqualTo(2.0);
    assertThat(unbounded.gapLower()).isEqualTo(0.4);
    assertThat(unbounded.gapUpper()).isNull();
    QuantileGap exact =
        gap(new QuantileLimit(0.25, 2.0, null, null, 0.2), estimate(1.0, 0.8, 1.25));
    assertThat(exact.gapUpper()).isEqualTo(2.5);
  }

  private static QuantileGap gap(QuantileLimit limit, Optional<QuantileEstimate> estimate) {
    return Gaps.quantileGap(limit, 10, estimate);
  }

  private static Optional<QuantileEstimate> estimate(double value, double lower, double upper) {
    return Optional.of(new QuantileEstimate(0.25, value, lower, upper));
  }
}
