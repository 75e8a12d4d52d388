package org.robustnessgap.deploy.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.GeneratorReference;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.RobustnessGap;
import org.robustnessgap.messages.SamplingPlan;
import org.robustnessgap.messages.SmoothnessPlan;
import org.robustnessgap.messages.SmoothnessResult;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.StreamId;
import org.robustnessgap.messages.TheoreticalLimits;
import org.robustnessgap.messages.TheoreticalLimits.Kind;
import org.robustnessgap.messages.Window;

final class CampaignProgressTest {
  private static final Window WINDOW = new Window(0, 4);
  private static final List<Double> RADII = List.of(0.1);

  private final CampaignProgress progress = new CampaignProgress(campaign(4L));

  @Test
  void isCompleteOnceEveryFigureRestsOnAllSamples() {
    progress.apply(smoothness("c", 0, 2));
    progress.apply(gap("c", "f", 4, 0, 0.158));
    progress.apply(limits("c", "f", 4, 1.58));
    progress.apply(gap("c", "h", 4, 0, 0.158));
    assertThat(progress.complete()).as("the limits of h are missing").isFalse();

    progress.apply(limits("c", "h", 3, 1.58));
    assertThat(progress.complete()).as("they rest on 3 of 4 labels").isFalse();

    progress.apply(limits("c", "h", 4, 1.6));
    assertThat(progress.complete()).as("the gap rests on older limits").isFalse();

    progress.apply(gap("c", "h", 4, 0, 0.16));
    assertThat(progress.complete()).isTrue();
    assertThat(progress.settled()).isEqualTo(progress.total()).isEqualTo(10);
  }

  @Test
  void waitsForTheInDistributionLimit() {
    progress.apply(smoothness("c", 0, 2));
    for (String classifier : List.of("f", "h")) {
      progress.apply(gap("c", classifier, 4, 0, 0.158));
      progress.apply(
          new TheoreticalLimits(
              new StreamId("c", classifier),
              4,
              List.of(2L, 2L),
              Map.of(Space.LATENT, limit(Kind.EXACT, 1.58))));
    }

    assertThat(progress.complete()).isFalse();
  }

  @Test
  void countsEachSmoothnessJobOnceAndNothingOfOtherCampaigns() {
    progress.apply(smoothness("c", 0, 1));
    progress.apply(smoothness("c", 0, 1));
    progress.apply(smoothness("other", 1, 1));
    progress.apply(gap("other", "f", 4, 0, 0.158));

    assertThat(progress.settled()).isEqualTo(1);
  }

  @Test
  void saysWhyAClassifierFailed() {
    progress.apply(
        new JobFailure.GivenUp(
            new JobId("c", JobId.Kind.ATTACK, "h", 0), WINDOW, 4, 1, "w", "There is no file h."));
    progress.apply(
        new JobFailure.GivenUp(
            new JobId("c", JobId.Kind.SMOOTHNESS, "g", 0), null, 2, 1, "w", "Too large."));
    progress.apply(gap("c", "f", 3, 1, 0.158));
    progress.apply(limits("c", "f", 3, 1.58));
    progress.apply(new RobustnessGap(new StreamId("c", "h"), WINDOW, 4, 0, 4, 0, 0, 0, Map.of()));

    assertThat(progress.complete()).isTrue();
    assertThat(progress.measuredAnything()).isTrue();
    assertThat(progress.failures())
        .containsExactly(
            "f: 1 of 4 samples failed. No reason arrived.",
            "h: all 4 samples failed. There is no file h.",
            "smoothness of g: all 2 samples failed. Too large.");
  }

  @Test
  void refusesACampaignThatNeverEnds() {
    assertThatThrownBy(() -> new CampaignProgress(campaign(null)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("Campaign c never ends; give it a number of samples.");
  }

  private static Campaign campaign(Long samples) {
    return new Campaign(
        "c",
        new GeneratorReference("g", "g.onnx", 100),
        List.of(new ModelReference("f", "f.onnx"), new ModelReference("h", "h.onnx")),
        new SamplingPlan(1, samples, null, 2, 4, 16, 600),
        AttackPlan.standard(),
        new SmoothnessPlan(RADII, 2, 1, 1, 2),
        List.of(0.25));
  }

  private static SmoothnessResult smoothness(String campaign, long first, int samples) {
    return new SmoothnessResult(
        new JobId(campaign, JobId.Kind.SMOOTHNESS, "g", first),
        RADII,
        "w",
        "test",
        1,
        java.util.stream.LongStream.range(first, first + samples)
            .mapToObj(ordinal -> new SmoothnessResult.Sample(ordinal, 20, List.of(1.0)))
            .toList());
  }

  private static TheoreticalLimits limits(
      String campaign, String classifier, long samples, double latent) {
    return new TheoreticalLimits(
        new StreamId(campaign, classifier),
        samples,
        List.of(samples - 1, 1L),
        Map.of(
            Space.LATENT,
            limit(Kind.EXACT, latent),
            Space.IN_DISTRIBUTION,
            limit(Kind.ESTIMATED, 3.0)));
  }

  private static TheoreticalLimits.SpaceLimit limit(Kind kind, double distance) {
    return new TheoreticalLimits.SpaceLimit(
        kind,
        10,
        List.of(new TheoreticalLimits.QuantileLimit(0.25, distance, null, null)),
        List.of());
  }

  private static RobustnessGap gap(
      String campaign, String classifier, long measured, long failed, double limit) {
    return new RobustnessGap(
        new StreamId(campaign, classifier),
        WINDOW,
        4,
        measured,
        failed,
        1,
        1,
        1,
        Map.of(
            Space.LATENT,
            new RobustnessGap.SpaceGap(
                Kind.EXACT,
                10.0,
                measured,
                0,
                0,
                List.of(
                    new RobustnessGap.QuantileGap(
                        0.25, limit, 0.05, 0.04, 0.06, limit / 0.05, null, null)))));
  }
}
