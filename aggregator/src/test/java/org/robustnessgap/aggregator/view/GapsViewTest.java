package org.robustnessgap.aggregator.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.robustnessgap.campaign.fold.Event;
import org.robustnessgap.campaign.fold.Made;
import org.robustnessgap.campaign.fold.State;
import org.robustnessgap.campaign.quantile.LogHistogram;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.Json;
import org.robustnessgap.messages.StreamId;
import org.robustnessgap.messages.TheoreticalLimits.CurvePoint;
import org.robustnessgap.messages.Window;

class GapsViewTest {
  private static final StreamId STREAM = new StreamId("c", "m");
  private static final Window WINDOW = new Window(0, 10);

  @Test
  void beforeTheFirstMessageThereIsNothingToShow() {
    assertThat(new String(Json.write(GapsView.of(State.empty(), Map.of())), StandardCharsets.UTF_8))
        .isEqualTo("{\"updated\":null,\"campaigns\":[],\"unreadable\":{},\"refused\":[]}");
  }

  @Test
  void theSurvivalFunctionStepsDownAtEachDistanceAndNeverReachesTheUnfound() {
    Curve curve = Curve.measured(LogHistogram.of(0, 10, 20), 1, 10);
    assertThat(curve.points()).extracting(Curve.Point::above).containsExactly(0.75, 0.5, 0.25);
    assertThat(curve.points().get(1).distance()).isCloseTo(1, within(0.0011));
    assertThat(curve.points().get(2).distance()).isCloseTo(2, within(0.0021));
    assertThat(Json.write(curve)).startsWith("[[".getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void longCurvesAreThinnedAndKeepTheirEnds() {
    double[] many = DoubleStream.iterate(1, d -> d * 1.002).limit(5000).toArray();
    List<Curve.Point> points = Curve.measured(LogHistogram.of(many), 0, 1).points();
    assertThat(points).hasSize(Curve.MOST);
    assertThat(points.get(0).above()).isCloseTo(1, within(1e-3));
    assertThat(points.get(Curve.MOST - 1).above()).isZero();
    assertThat(points).isSortedAccordingTo((a, b) -> Double.compare(a.distance(), b.distance()));
  }

  @Test
  void theLimitCurveIsTheComplementOfTheLimit() {
    List<CurvePoint> limit =
        IntStream.range(0, 3).mapToObj(i -> new CurvePoint(i, i / 4.0, i / 8.0, i / 2.0)).toList();
    assertThat(Curve.limit(limit, 2).points())
        .containsExactly(
            new Curve.Point(0, 1, 1, 1),
            new Curve.Point(0.5, 0.75, 0.5, 0.875),
            new Curve.Point(1, 0.5, 0, 0.75));
    assertThat(Curve.limit(List.of(new CurvePoint(1, 0.25, null, null)), 2).points())
        .as("a message without a band")
        .containsExactly(new Curve.Point(0.5, 0.75, 0.75, 0.75));
  }

  /** √(log(2/0.05)/(2n)) is 0.0679 for n = 400. */
  @Test
  void theMeasuredCurveHasABandAroundIt() {
    LogHistogram distances =
        LogHistogram.of(IntStream.rangeClosed(1, 400).asDoubleStream().toArray());
    for (Curve.Point point : Curve.measured(distances, 0, 1).points()) {
      assertThat(point.lower()).isCloseTo(Math.max(point.above() - 0.0679, 0), within(1e-4));
      assertThat(point.upper()).isCloseTo(Math.min(point.above() + 0.0679, 1), within(1e-4));
    }
  }

  @Test
  void progressIsThatOfTheWindowBeingFilled() {
    State state =
        State.empty()
            .apply(new Event.Answered(Made.latent(STREAM, WINDOW, 0, 1, 1), 1000))
            .apply(new Event.Answered(Made.latent(STREAM, WINDOW, 2, 1, 1), 2000))
            .apply(Made.generated(STREAM, WINDOW, 4));
    GapsView.Progress progress = classifier(state).progress();
    assertThat(progress.samples()).isEqualTo(new GapsView.Samples(8, 4, 0, 4));
    assertThat(progress.samplesPerSecond()).isEqualTo(2);
    assertThat(progress.secondsRemaining()).isEqualTo(3);
  }

  @Test
  void aClassifierWithLimitsButNoSamplesAndACampaignWithFailuresOnlyAreShown() {
    State limits = State.empty().apply(new Event.LimitsChanged(Made.limits(STREAM), 7));
    GapsView.Classifier classifier = classifier(limits);
    assertThat(classifier.gap()).isNull();
    assertThat(classifier.progress()).isNull();
    assertThat(classifier.limitSamples()).isEqualTo(100);

    JobId job = new JobId("only", JobKind.SMOOTHNESS, "gan", 0);
    State failed =
        State.empty()
            .apply(new Event.GivenUp(new JobFailure.GivenUp(job, null, 4, 5, "w", "why"), 1));
    GapsView.Campaign campaign = GapsView.of(failed, Map.of()).campaigns().get(0);
    assertThat(campaign.id()).isEqualTo("only");
    assertThat(campaign.smoothnessJobsGivenUp()).isEqualTo(1);
    assertThat(campaign.classifiers()).isEmpty();
  }

  private static GapsView.Classifier classifier(State state) {
    return GapsView.of(state, Map.of()).campaigns().get(0).classifiers().get(0);
  }
}
