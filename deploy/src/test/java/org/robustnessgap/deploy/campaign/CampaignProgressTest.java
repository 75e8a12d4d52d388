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
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.PairId;
import org.robustnessgap.messages.RobustnessGap;
import org.robustnessgap.messages.RobustnessGap.SpaceGap;
import org.robustnessgap.messages.SamplingPlan;
import org.robustnessgap.messages.SmoothnessPlan;
import org.robustnessgap.messages.SmoothnessResult;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.StreamId;
import org.robustnessgap.messages.TransferGap;
import org.robustnessgap.messages.TransferLimits;
import org.robustnessgap.messages.TransferPlan;
import org.robustnessgap.messages.Window;

final class CampaignProgressTest {
  private static final Window WINDOW = new Window(0, 4);
  private static final List<Double> RADII = List.of(0.1);
  private static final SmoothnessPlan SMOOTHNESS = new SmoothnessPlan(RADII, 2, 1, 1, 2);

  private final CampaignProgress progress = new CampaignProgress(campaign(4L, SMOOTHNESS));

  @Test
  void isCompleteOnceEveryFigureRestsOnAllSamples() {
    progress.apply(smoothness("c", 0, 2));
    progress.apply(gap("c", "f", 4, 0, 4L, 2L));
    assertThat(progress.complete()).as("h has not begun").isFalse();

    progress.apply(gap("c", "h", 4, 0, null, null));
    assertThat(progress.complete()).as("the limits of h are missing").isFalse();

    progress.apply(gap("c", "h", 4, 0, 3L, 2L));
    assertThat(progress.complete()).as("they rest on 3 of 4 labels").isFalse();

    progress.apply(gap("c", "h", 4, 0, 4L, 1L));
    assertThat(progress.complete()).as("they rest on 1 of 2 smoothness samples").isFalse();

    progress.apply(gap("c", "h", 4, 0, 4L, 2L));
    assertThat(progress.complete()).isTrue();
    assertThat(progress.settled()).isEqualTo(progress.total()).isEqualTo(10);
  }

  @Test
  void saysWhatIsCounted() {
    assertThat(progress.total()).isEqualTo(10);
    assertThat(progress.counted()).isEqualTo("2 smoothness, 8 attack");
    assertThat(new CampaignProgress(campaign(4L, null)).counted()).isEqualTo("8 attack");
  }

  @Test
  void waitsForSmoothnessButNotForWhatWasGivenUp() {
    progress.apply(gap("c", "f", 4, 0, 4L, null));
    progress.apply(gap("c", "h", 4, 0, 4L, null));
    assertThat(progress.complete()).as("nothing is known of smoothness").isFalse();

    progress.apply(smoothness("c", 0, 1));
    progress.apply(smoothnessGivenUp(1, 1));
    assertThat(progress.complete()).as("limits without the one answer").isFalse();

    progress.apply(gap("c", "f", 4, 0, 4L, 1L));
    progress.apply(gap("c", "h", 4, 0, 4L, 1L));
    assertThat(progress.complete()).isTrue();
  }

  @Test
  void needsNoSmoothnessWhereAllOfItWasGivenUpOrNoneIsPlanned() {
    progress.apply(gap("c", "f", 4, 0, 4L, null));
    progress.apply(gap("c", "h", 4, 0, 4L, null));
    progress.apply(smoothnessGivenUp(0, 2));
    assertThat(progress.complete()).isTrue();

    CampaignProgress latentOnly = new CampaignProgress(campaign(4L, null));
    latentOnly.apply(gap("c", "f", 4, 0, 4L, null));
    latentOnly.apply(gap("c", "h", 4, 0, 4L, null));
    assertThat(latentOnly.complete()).isTrue();
  }

  @Test
  void countsEachSmoothnessJobOnceAndNothingOfOtherCampaigns() {
    progress.apply(smoothness("c", 0, 1));
    progress.apply(smoothness("c", 0, 1));
    progress.apply(smoothness("other", 1, 1));
    progress.apply(gap("other", "f", 4, 0, 4L, 2L));

    assertThat(progress.settled()).isEqualTo(1);
  }

  @Test
  void waitsForPairsAndForTheirLimits() {
    Campaign plain = campaign(4L, null);
    CampaignProgress withPair =
        new CampaignProgress(
            new Campaign(
                plain.id(),
                plain.generator(),
                plain.classifiers(),
                plain.sampling(),
                plain.attack(),
                null,
                TransferPlan.standard(3),
                plain.quantiles()));
    withPair.apply(gap("c", "f", 4, 0, 4L, null));
    withPair.apply(gap("c", "h", 4, 0, 4L, null));
    assertThat(withPair.total()).isEqualTo(11);
    assertThat(withPair.complete()).as("the pair has not begun").isFalse();

    withPair.apply(pair("c", 2, 1, null));
    assertThat(withPair.settled()).isEqualTo(11);
    assertThat(withPair.complete()).as("its limits are missing").isFalse();

    withPair.apply(pair("c", 2, 1, new TransferLimits.Disagreement(0, 1, 0, 1)));
    assertThat(withPair.complete()).as("they rest on 1 of 2 samples").isFalse();

    withPair.apply(pair("other", 3, 0, new TransferLimits.Disagreement(0, 3, 0, 1)));
    withPair.apply(pair("c", 2, 1, new TransferLimits.Disagreement(0, 2, 0, 1)));
    assertThat(withPair.complete()).isTrue();
    assertThat(withPair.transfers()).hasSize(1);
    withPair.apply(
        new JobFailure.GivenUp(
            new JobId("c", JobKind.TRANSFER, "f~h", 2), null, 1, 1, "w", "No memory."));
    assertThat(withPair.failures()).containsExactly("f~h: 1 of 3 samples failed. No memory.");
  }

  private static TransferGap pair(
      String campaign, long measured, long failed, TransferLimits.Disagreement disagreement) {
    SpaceGap both = new SpaceGap(null, null, measured, 0, 0, List.of());
    TransferGap.Rate none = new TransferGap.Rate(0, 0);
    return new TransferGap(
        new PairId(campaign, "f", "h"),
        measured + failed,
        measured,
        failed,
        1,
        disagreement,
        null,
        Map.of(Space.LATENT, new TransferGap.SpaceTransfer(both, List.of(), none, none)));
  }

  @Test
  void saysWhyAClassifierFailed() {
    progress.apply(
        new JobFailure.GivenUp(
            new JobId("c", JobKind.ATTACK, "h", 0), WINDOW, 4, 1, "w", "There is no file h."));
    progress.apply(smoothnessGivenUp(0, 2));
    progress.apply(gap("c", "f", 3, 1, 3L, null));
    progress.apply(
        new RobustnessGap(new StreamId("c", "h"), WINDOW, 4, 0, 4, 0, 0, 0, null, null, Map.of()));

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
    assertThatThrownBy(() -> new CampaignProgress(campaign(null, SMOOTHNESS)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("Campaign c never ends; give it a number of samples.");
  }

  private static Campaign campaign(Long samples, SmoothnessPlan smoothness) {
    return new Campaign(
        "c",
        new GeneratorReference("g", "g.onnx", 100),
        List.of(new ModelReference("f", "f.onnx"), new ModelReference("h", "h.onnx")),
        new SamplingPlan(1, samples, null, 2, 4, 16, 600),
        AttackPlan.standard(),
        smoothness,
        null,
        List.of(0.25));
  }

  private static SmoothnessResult smoothness(String campaign, long first, int samples) {
    return new SmoothnessResult(
        new JobId(campaign, JobKind.SMOOTHNESS, "g", first),
        RADII,
        "w",
        "test",
        1,
        java.util.stream.LongStream.range(first, first + samples)
            .mapToObj(ordinal -> new SmoothnessResult.Sample(ordinal, 20, List.of(1.0)))
            .toList(),
        null);
  }

  private static JobFailure smoothnessGivenUp(long first, int samples) {
    return new JobFailure.GivenUp(
        new JobId("c", JobKind.SMOOTHNESS, "g", first), null, samples, 1, "w", "Too large.");
  }

  private static RobustnessGap gap(
      String campaign,
      String classifier,
      long measured,
      long failed,
      Long limitSamples,
      Long smoothnessSamples) {
    return new RobustnessGap(
        new StreamId(campaign, classifier),
        WINDOW,
        4,
        measured,
        failed,
        1,
        1,
        1,
        limitSamples,
        smoothnessSamples,
        Map.of(Space.LATENT, new RobustnessGap.SpaceGap(null, null, measured, 0, 0, List.of())));
  }
}
