package org.robustnessgap.campaign.fold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.robustnessgap.campaign.quantile.LabelledDistances;
import org.robustnessgap.campaign.quantile.QuantileEstimate;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.LabelCount;
import org.robustnessgap.messages.MeasuredQuantile;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.StreamId;
import org.robustnessgap.messages.Window;

final class LabelSplitTest {
  private static final StreamId STREAM = new StreamId("c", "vgg");
  private static final Window WINDOW = new Window(0, 200);

  @Test
  void everyLabelHasTheQuantilesOfItsSamplesInAnyOrderOfResults() {
    List<AttackResult> results = new ArrayList<>();
    Map<Integer, LabelledDistances> expected = new TreeMap<>();
    for (long ordinal = 0; ordinal < WINDOW.samples(); ordinal += Made.BATCH) {
      AttackResult result = Made.result(STREAM, WINDOW, ordinal, 1);
      results.add(result);
      for (SampleResult sample : result.samples()) {
        Outcome outcome = sample.spaces().get(Space.UNCONSTRAINED);
        expected.put(
            sample.label(),
            expected.getOrDefault(sample.label(), LabelledDistances.EMPTY).plus(outcome));
      }
    }
    List<LabelCount> labels = labels(results);
    Collections.reverse(results);

    assertThat(labels(results)).isEqualTo(labels);
    assertThat(labels).hasSize(10);
    for (LabelCount label : labels) {
      LabelledDistances found = expected.get(label.label());
      for (MeasuredQuantile at : label.unconstrained()) {
        double value =
            QuantileEstimate.of(found.distances(), found.beyond(), at.quantile())
                .orElseThrow()
                .value();
        assertThat(at.measured()).isCloseTo(value / 27, within(1e-12));
      }
      assertThat(label.unconstrained()).hasSize(3);
      assertThat(label.samples()).isGreaterThanOrEqualTo(found.samples());
    }
  }

  @Test
  void aLargeWindowCountsLabelsAlone() {
    Window large = new Window(0, 10_001);
    List<LabelCount> labels = labels(List.of(Made.result(STREAM, large, 0, 1)));

    assertThat(labels).isNotEmpty().allSatisfy(one -> assertThat(one.unconstrained()).isEmpty());
  }

  @Test
  void atMostTwentyLabelsHaveDistances() {
    int[] labels = IntStream.range(0, 60).map(i -> i < 30 ? i : 10 + i % 20).toArray();
    List<LabelCount> counts = labels(List.of(result(labels)));

    assertThat(counts).hasSize(30);
    assertThat(counts.stream().filter(one -> !one.unconstrained().isEmpty()))
        .extracting(LabelCount::label)
        .containsExactlyElementsOf(IntStream.range(10, 30).boxed().toList());
  }

  @Test
  void driftIsTheTotalVariationDistance() {
    List<LabelCount> window = List.of(new LabelCount(0, 10), new LabelCount(1, 30));

    assertThat(LabelMetrics.drift(window, List.of(50L, 50L))).isEqualTo(0.25);
    assertThat(LabelMetrics.drift(window, List.of(1L, 3L))).isZero();
    assertThat(LabelMetrics.drift(window, List.of(0L, 0L, 7L))).isEqualTo(1);
  }

  private static AttackResult result(int... labels) {
    List<SampleResult> samples = new ArrayList<>();
    for (int label : labels) {
      Outcome found = new Outcome.Found(1, 0, null, 1, 1);
      samples.add(
          new SampleResult(samples.size(), label, 1, 1, Map.of(Space.UNCONSTRAINED, found)));
    }
    return new AttackResult(
        new JobId(STREAM.campaign(), JobKind.ATTACK, STREAM.classifier(), 0),
        new Window(0, labels.length),
        30,
        2,
        "w",
        "e",
        1,
        samples,
        List.of(),
        null,
        Made.STANDARD);
  }

  private static List<LabelCount> labels(List<AttackResult> results) {
    State state = State.empty().apply(new Event.LimitsChanged(Made.limits(STREAM), 1));
    for (AttackResult result : results) {
      state = state.apply(new Event.Answered(result, 2));
    }
    return Made.gap(state, STREAM).orElseThrow().labels();
  }
}
