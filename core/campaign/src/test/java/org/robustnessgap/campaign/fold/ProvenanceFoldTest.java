package org.robustnessgap.campaign.fold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.robustnessgap.campaign.fold.Made.BATCH;
import static org.robustnessgap.campaign.fold.Made.LINF;
import static org.robustnessgap.campaign.fold.Made.STANDARD;
import static org.robustnessgap.campaign.fold.Made.limits;
import static org.robustnessgap.campaign.fold.Made.measured;
import static org.robustnessgap.campaign.fold.Made.of;
import static org.robustnessgap.campaign.fold.Made.result;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.Json;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.PairId;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.RobustnessGap;
import org.robustnessgap.messages.RobustnessGap.QuantileGap;
import org.robustnessgap.messages.RobustnessGap.SpaceGap;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.StreamId;
import org.robustnessgap.messages.Suspicion;
import org.robustnessgap.messages.TheoreticalLimits;
import org.robustnessgap.messages.TransferGap;
import org.robustnessgap.messages.Window;

/** What results were made with goes with their figures, and keeps them apart. */
class ProvenanceFoldTest {
  private static final StreamId STREAM = new StreamId("cifar", "vgg");
  private static final PairId PAIR = new PairId("cifar", "lenet", "vgg");
  private static final Window WINDOW = new Window(0, 10 * BATCH);
  private static final int MOST = 6;

  /** Six jobs of the standard plan and four by ℓ∞. */
  private static List<Event> mixed() {
    List<Event> events = new ArrayList<>();
    for (int job = 0; job < 10; job++) {
      Provenance provenance = job < MOST ? STANDARD : LINF;
      events.add(
          new Event.Answered(
              of(provenance, result(STREAM, WINDOW, (long) job * BATCH, 1)), 1000L + job));
    }
    events.add(new Event.LimitsChanged(limits(STREAM), 1));
    return events;
  }

  private static State fold(List<Event> events) {
    State state = State.empty();
    for (Event event : events) {
      state = state.apply(event);
    }
    return state;
  }

  private static RobustnessGap gap(Event... events) {
    return Made.gap(fold(List.of(events)), STREAM).orElseThrow();
  }

  private static Event measuredBy(Provenance provenance) {
    return new Event.Answered(of(provenance, result(STREAM, WINDOW, 0, 1)), 1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void inWhateverOrderResultsOfTwoPlansComeTheFiguresAreThoseOfOne(long seed) {
    List<Event> shuffled = mixed();
    Collections.shuffle(shuffled, new Random(seed));
    RobustnessGap gap = Made.gap(fold(shuffled), STREAM).orElseThrow();

    List<Event> ofOne = mixed().subList(0, MOST);
    RobustnessGap alone =
        Made.gap(fold(ofOne).apply(new Event.LimitsChanged(limits(STREAM), 1)), STREAM)
            .orElseThrow();
    assertThat(gap.spaces()).isEqualTo(alone.spaces());
    assertThat(gap.provenance()).isEqualTo(STANDARD);
    assertThat(gap.engines()).containsExactly("onnxruntime-cpu");
    assertThat(gap).isEqualTo(Made.gap(fold(mixed()), STREAM).orElseThrow());
  }

  @Test
  void whatIsLeftOutIsCountedAndSaid() {
    RobustnessGap gap = Made.gap(fold(mixed()), STREAM).orElseThrow();

    assertThat(gap.measured()).isEqualTo(10L * BATCH);
    assertThat(gap.ofOtherProvenance()).isEqualTo(4L * BATCH);
    assertThat(gap.suspicions())
        .filteredOn(suspicion -> suspicion.kind() == Suspicion.Kind.OTHER_PROVENANCE)
        .singleElement()
        .extracting(Suspicion::sentence)
        .asString()
        .startsWith(
            "vgg: 16 of 40 samples were measured otherwise than the rest (boundary-descent"
                + " standard, l2, images of gan)");
    assertThat(Made.gap(fold(mixed().subList(0, MOST)), STREAM).orElseThrow().ofOtherProvenance())
        .isNull();
  }

  @Test
  void aPlanWithMoreSamplesReplacesTheFiguresAndNothingOfTheOtherIsLost() {
    State state = fold(mixed());
    for (int job = 10; job < 13; job++) {
      state =
          state.apply(
              new Event.Answered(of(LINF, result(STREAM, WINDOW, (long) job * BATCH, 1)), 2000));
    }
    RobustnessGap gap = Made.gap(state, STREAM).orElseThrow();
    assertThat(gap.provenance()).isEqualTo(LINF);
    assertThat(gap.ofOtherProvenance()).isEqualTo((long) MOST * BATCH);
  }

  @Test
  void aJobAnsweredByTwoPlansCountsOnceAndRaisesTheAlarm() {
    State once = fold(List.of(measuredBy(STANDARD)));
    State twice = once.apply(new Event.Answered(of(LINF, result(STREAM, WINDOW, 0, 0.02)), 2));
    assertThat(twice.subjects().get(STREAM.about()).divergentDuplicates()).isOne();
    assertThat(Made.gap(twice, STREAM)).isEqualTo(Made.gap(once, STREAM));
  }

  @Test
  void limitsStandBesideEuclideanDistancesOnly() {
    RobustnessGap gap = gap(measuredBy(LINF), new Event.LimitsChanged(limits(STREAM), 1));

    SpaceGap pixels = gap.spaces().get(Space.UNCONSTRAINED);
    assertThat(pixels.norm()).isEqualTo(Norm.LINF);
    assertThat(pixels.kind()).isNull();
    assertThat(pixels.normaliser()).isEqualTo(1);
    assertThat(pixels.notApplicable())
        .isEqualTo("limits are of l2 distances, and linf distances may lie far below them");
    assertNoLimit(pixels);
    for (Space space : List.of(Space.LATENT, Space.IN_DISTRIBUTION)) {
      SpaceGap other = gap.spaces().get(space);
      assertThat(other.norm()).isEqualTo(Norm.L2);
      assertThat(other.notApplicable()).isNull();
      assertThat(other.quantiles()).extracting(QuantileGap::gapRatio).doesNotContainNull();
    }
  }

  /** No smoothness is measured where no limit needs it. */
  @Test
  void distancesOfAnotherNormAreFiguresWithoutAnyLimitOnImages() {
    TheoreticalLimits all = limits(STREAM);
    TheoreticalLimits latent =
        new TheoreticalLimits(
            all.stream(),
            all.samples(),
            all.classCounts(),
            null,
            Map.of(Space.LATENT, all.spaces().get(Space.LATENT)));

    RobustnessGap gap = gap(measuredBy(LINF), new Event.LimitsChanged(latent, 1));

    assertThat(gap.spaces().get(Space.UNCONSTRAINED))
        .isEqualTo(
            gap(measuredBy(LINF), new Event.LimitsChanged(all, 1))
                .spaces()
                .get(Space.UNCONSTRAINED));
    assertThat(gap.lacksSmoothness()).as("in-distribution distances are ℓ2").isTrue();
    assertThat(gap.spaces().get(Space.IN_DISTRIBUTION).quantiles()).isEmpty();
  }

  @Test
  void withinAPixelRangeDistancesMayBeLongerThanALimitAllows() {
    Provenance within =
        new Provenance(
            "gan",
            new AttackPlan(
                List.of(Space.values()),
                STANDARD.attack().algorithm(),
                Norm.L2,
                new PixelRange(-1, 1)));
    RobustnessGap gap = gap(measuredBy(within), new Event.LimitsChanged(limits(STREAM), 1));

    SpaceGap pixels = gap.spaces().get(Space.UNCONSTRAINED);
    assertThat(pixels.normaliser()).isEqualTo(27);
    assertThat(pixels.notApplicable())
        .isEqualTo(
            "limits allow pixels any value, and distances within [-1, 1] may lie above them");
    assertNoLimit(pixels);
    assertThat(gap.spaces().get(Space.IN_DISTRIBUTION).notApplicable()).isNull();
  }

  @Test
  void limitsOfAnotherGeneratorDoNotApplyAnywhere() {
    TheoreticalLimits known = limits(STREAM);
    TheoreticalLimits others =
        new TheoreticalLimits(
            STREAM,
            known.samples(),
            known.classCounts(),
            known.smoothnessSamples(),
            known.spaces(),
            "gan2");
    RobustnessGap gap = gap(measuredBy(STANDARD), new Event.LimitsChanged(others, 1));

    assertThat(gap.spaces().values())
        .allSatisfy(
            space -> {
              assertThat(space.notApplicable())
                  .isEqualTo(
                      "the limits known are of images of gan2, the distances of images of gan");
              assertNoLimit(space);
            });
  }

  @Test
  void olderResultsAreReadAndTheirNormIsNotGuessed() {
    RobustnessGap gap = gap(measuredBy(null), new Event.LimitsChanged(limits(STREAM), 1));

    assertThat(gap.provenance()).isNull();
    SpaceGap pixels = gap.spaces().get(Space.UNCONSTRAINED);
    assertThat(pixels.norm()).isNull();
    assertThat(pixels.notApplicable()).contains("older results do not say");
    assertNoLimit(pixels);
    assertThat(gap.spaces().get(Space.LATENT).quantiles())
        .extracting(QuantileGap::gapRatio)
        .doesNotContainNull();
  }

  private static void assertNoLimit(SpaceGap space) {
    assertThat(space.quantiles())
        .isNotEmpty()
        .allSatisfy(
            at -> {
              assertThat(at.limit()).isNull();
              assertThat(at.limitLower()).isNull();
              assertThat(at.limitUpper()).isNull();
              assertThat(at.gapRatio()).isNull();
              assertThat(at.gapLower()).isNull();
              assertThat(at.gapUpper()).isNull();
              assertThat(at.measured()).isPositive();
            });
  }

  /** Before results told their provenance, a window held what is now a figure of its. */
  @Test
  void aWindowOfAnOlderAggregatorIsReadAsOfUnknownProvenance() throws IOException {
    WindowState now =
        fold(List.of(measuredBy(null))).subjects().get(STREAM.about()).windows().get(0L);
    ObjectNode older = (ObjectNode) Json.mapper().readTree(Json.write(now));
    ObjectNode figure = (ObjectNode) older.remove("figures").get(0);
    older.set("distances", figure.get("distances"));
    older.set("suspicions", figure.get("suspicions"));
    older.set("pixels", figure.get("pixels"));

    byte[] written = Json.mapper().writeValueAsBytes(older);
    WindowState read =
        (WindowState) StatePieces.read("cifar/vgg/0", form -> Json.read(written, form));

    assertThat(read.counts()).isEqualTo(now.counts());
    assertThat(read.jobs()).isEqualTo(now.jobs());
    AttackFigure before = (AttackFigure) now.shown().orElseThrow();
    AttackFigure after = (AttackFigure) read.shown().orElseThrow();
    assertThat(after.provenance()).isNull();
    assertThat(after.samples()).isEqualTo(BATCH);
    assertThat(after.distances()).isEqualTo(before.distances());
    assertThat(after.outcomes()).isEqualTo(before.outcomes());
    assertThat(after.suspicions()).isEqualTo(before.suspicions());
    assertThat(after.pixels()).isEqualTo(before.pixels());
  }

  @Test
  void aPairOfAnOlderAggregatorIsReadAndWasMeasuredByEuclideanNorms() throws IOException {
    State state =
        fold(List.of(new Event.Answered(of(null, result(PAIR, 0, 1)), 1)))
            .apply(new Event.LimitsChanged(limits(PAIR, List.of(0.25)), 1));
    SubjectState now = state.subjects().get(PAIR.about());
    ObjectNode older = (ObjectNode) Json.mapper().readTree(Json.write(now.windows().get(0L)));
    older.set("limits", Json.mapper().valueToTree(now.limits()));
    older.put("divergent_duplicates", 3).put("given_up_jobs", 2).put("updated", 1);
    older.remove(List.of("window", "first_result", "last_result"));
    ObjectNode figure = (ObjectNode) older.get("figures").get(0);
    byte[] withFigures = Json.mapper().writeValueAsBytes(older);
    older.remove("figures");
    older.set("spaces", figure.get("spaces"));
    byte[] withoutFigures = Json.mapper().writeValueAsBytes(older);

    for (byte[] written : List.of(withFigures, withoutFigures)) {
      Object piece = StatePieces.read("cifar/lenet~vgg", form -> Json.read(written, form));
      State read = StatePieces.join(Map.of("cifar/lenet~vgg", piece));
      assertThat(read.subjects().get(PAIR.about()).total()).isEqualTo(now.total());
      assertThat(read.subjects().get(PAIR.about()).divergentDuplicates()).isEqualTo(3);
      assertThat(read.subjects().get(PAIR.about()).givenUpJobs()).isEqualTo(2);
      assertThat(StatePieces.split(read).keySet())
          .containsExactly(
              "cifar/lenet~vgg/transfer",
              "cifar/lenet~vgg/transfer/0",
              "cifar/lenet~vgg/transfer/limits");
      TransferGap gap = Made.gap(read, PAIR).orElseThrow();
      assertThat(gap.spaces()).isEqualTo(Made.gap(state, PAIR).orElseThrow().spaces());
      assertThat(gap.spaces().get(Space.UNCONSTRAINED).both().norm()).isEqualTo(Norm.L2);
      assertThat(gap.provenance()).isNull();
    }
  }

  @Test
  void pairsKeepPlansApartToo() {
    State state = fold(List.of(measured(PAIR, 0), measured(PAIR, BATCH)));
    TransferGap before = Made.gap(state, PAIR).orElseThrow();
    Provenance fast = new Provenance("gan", LINF.attack());
    State mixed = state.apply(new Event.Answered(of(fast, result(PAIR, 2L * BATCH, 3)), 9));
    TransferGap after = Made.gap(mixed, PAIR).orElseThrow();

    assertThat(after.spaces()).isEqualTo(before.spaces());
    assertThat(after.provenance()).isEqualTo(before.provenance()).isNotNull();
    assertThat(after.measured()).isEqualTo(3L * BATCH);
    assertThat(after.ofOtherProvenance()).isEqualTo((long) BATCH);
  }
}
