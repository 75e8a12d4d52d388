package org.robustnessgap.campaign.fold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.robustnessgap.campaign.fold.Made.BATCH;
import static org.robustnessgap.campaign.fold.Made.limits;
import static org.robustnessgap.campaign.fold.Made.of;
import static org.robustnessgap.campaign.fold.Made.result;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.Json;
import org.robustnessgap.messages.MeasuredQuantile;
import org.robustnessgap.messages.ModelIdentity;
import org.robustnessgap.messages.PairId;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.RobustnessGap;
import org.robustnessgap.messages.RobustnessGap.QuantileGap;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.StreamId;
import org.robustnessgap.messages.TheoreticalLimits;
import org.robustnessgap.messages.TransferGap;
import org.robustnessgap.messages.VersionFigure;
import org.robustnessgap.messages.Window;

/** A classifier is replaced under its name: its versions have figures of their own. */
class VersionFoldTest {
  private static final StreamId STREAM = new StreamId("cifar", "vgg");
  private static final PairId PAIR = new PairId("cifar", "lenet", "vgg");
  private static final ModelIdentity OLD = new ModelIdentity(null, "0a", null);
  private static final ModelIdentity NEW = new ModelIdentity(null, "0b", null);
  private static final ModelIdentity NEWEST = new ModelIdentity(null, "0c", null);
  private static final int JOBS = 10;

  private static Window window(long index) {
    return new Window(index, JOBS * BATCH);
  }

  private static Provenance provenance(ModelIdentity model) {
    return new Provenance("gan", AttackPlan.standard(), model, null);
  }

  private static Event answered(ModelIdentity model, long job, double scale) {
    AttackResult result = result(STREAM, window(job / JOBS), job * BATCH, scale);
    return new Event.Answered(of(provenance(model), result), 1000 + job);
  }

  /** Jobs from the first to before the end. */
  private static List<Event> jobs(ModelIdentity model, long first, long end) {
    List<Event> events = new ArrayList<>();
    for (long job = first; job < end; job++) {
      events.add(answered(model, job, 1));
    }
    return events;
  }

  private static Event limitsOf(ModelIdentity model) {
    TheoreticalLimits known = limits(STREAM);
    return new Event.LimitsChanged(
        new TheoreticalLimits(
            STREAM,
            known.samples(),
            known.classCounts(),
            known.smoothnessSamples(),
            known.spaces(),
            "gan",
            model),
        1);
  }

  private static State fold(List<Event> events) {
    return fold(State.empty(), events);
  }

  private static State fold(State state, List<Event> events) {
    for (Event event : events) {
      state = state.apply(event);
    }
    return state;
  }

  private static RobustnessGap gap(State state) {
    return Made.gap(state, STREAM).orElseThrow();
  }

  /** As they are measured. */
  private static List<MeasuredQuantile> measured(RobustnessGap gap, Space space) {
    List<MeasuredQuantile> quantiles = new ArrayList<>();
    for (QuantileGap at : gap.spaces().get(space).quantiles()) {
      quantiles.add(
          new MeasuredQuantile(
              at.quantile(), at.measured(), at.measuredLower(), at.measuredUpper()));
    }
    return quantiles;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void figuresSplitExactlyAtTheSwapInWhateverOrderResultsCome(long seed) {
    List<Event> events = jobs(OLD, 0, 7);
    events.addAll(jobs(NEW, 7, 10));
    events.add(limitsOf(NEW));
    RobustnessGap inOrder = gap(fold(events));
    Collections.shuffle(events, new Random(seed));
    RobustnessGap gap = gap(fold(events));

    assertThat(gap).isEqualTo(inOrder);
    assertThat(gap.measured()).isEqualTo(10L * BATCH);
    assertThat(gap.provenance()).as("what there is now").isEqualTo(provenance(NEW));
    assertThat(gap.ofOtherProvenance()).isEqualTo(7L * BATCH);
    assertThat(gap.suspicions())
        .as("nothing is wrong about a new version")
        .noneMatch(suspicion -> suspicion.sentence().contains("measured otherwise"));
    assertThat(gap.versions())
        .extracting(
            VersionFigure::model,
            VersionFigure::samples,
            VersionFigure::firstOrdinal,
            VersionFigure::lastOrdinal)
        .containsExactly(
            org.assertj.core.api.Assertions.tuple(OLD, 7L * BATCH, 0L, 7L * BATCH - 1),
            org.assertj.core.api.Assertions.tuple(NEW, 3L * BATCH, 7L * BATCH, 10L * BATCH - 1));
    assertThat(gap.versions().stream().mapToLong(VersionFigure::samples).sum())
        .isEqualTo(gap.measured());
    assertThat(gap.former()).isEqualTo(gap.versions().get(0));

    RobustnessGap oldAlone = gap(fold(fold(jobs(OLD, 0, 7)), List.of(limitsOf(OLD))));
    RobustnessGap newAlone = gap(fold(fold(jobs(NEW, 7, 10)), List.of(limitsOf(NEW))));
    assertThat(oldAlone.versions()).isEmpty();
    assertThat(oldAlone.former()).isNull();
    assertThat(gap.spaces()).isEqualTo(newAlone.spaces());
    for (Space space : Space.values()) {
      assertThat(gap.versions().get(0).spaces().get(space)).isEqualTo(measured(oldAlone, space));
      assertThat(gap.versions().get(1).spaces().get(space)).isEqualTo(measured(newAlone, space));
    }
  }

  @Test
  void ofAnotherPlanNoVersionIsShown() {
    List<Event> events = jobs(OLD, 0, 4);
    events.addAll(jobs(NEW, 4, 6));
    events.add(
        new Event.Answered(
            of(
                new Provenance("gan", Made.LINF.attack(), NEW, null),
                result(STREAM, window(0), 6 * BATCH, 1)),
            9));
    RobustnessGap gap = gap(fold(events));

    assertThat(gap.provenance()).isEqualTo(provenance(NEW));
    assertThat(gap.versions()).extracting(VersionFigure::samples).containsExactly(16L, 8L);
    assertThat(gap.ofOtherProvenance()).isEqualTo(16L + 4);
    assertThat(gap.suspicions())
        .extracting(suspicion -> suspicion.sentence())
        .anyMatch(sentence -> sentence.startsWith("vgg: 4 of 28 samples were measured otherwise"));
  }

  @Test
  void aResultThatDoesNotTellItsVersionHasFiguresOfItsOwn() {
    List<Event> events = jobs(null, 0, 2);
    events.addAll(jobs(NEW, 2, 3));
    RobustnessGap gap = gap(fold(events));

    assertThat(gap.versions()).extracting(VersionFigure::model).containsExactly(null, NEW);
    assertThat(gap.former()).as("it may be the same version").isNull();
  }

  @Test
  void aJobThatTwoVersionsAnswerCountsOnceAndIsNoContradiction() {
    State once = fold(jobs(OLD, 0, 2));
    State twice = once.apply(answered(NEW, 1, 5));

    assertThat(twice.subjects().get(STREAM.about()).divergentDuplicates()).isZero();
    assertThat(gap(twice)).isEqualTo(gap(once));
    assertThat(once.apply(answered(OLD, 1, 5)).subjects().get(STREAM.about()).divergentDuplicates())
        .isOne();
  }

  @Test
  void theLastCompleteWindowOfTheVersionBeforeStaysToBeComparedWith() {
    State state = fold(jobs(OLD, 0, 2 * JOBS)).apply(limitsOf(OLD)).retire();
    RobustnessGap old = gap(state);
    state = fold(state, jobs(NEW, 2 * JOBS, 4 * JOBS)).apply(limitsOf(NEW)).retire();

    assertThat(state.subjects().get(STREAM.about()).windows().keySet()).containsExactly(1L, 3L);
    RobustnessGap gap = gap(state);
    assertThat(gap.window().index()).isEqualTo(3);
    assertThat(gap.versions()).isEmpty();
    assertThat(gap.former().model()).isEqualTo(OLD);
    assertThat(gap.former().samples()).isEqualTo((long) JOBS * BATCH);
    assertThat(gap.former().firstOrdinal()).isEqualTo((long) JOBS * BATCH);
    for (Space space : Space.values()) {
      assertThat(gap.former().spaces().get(space)).isEqualTo(measured(old, space));
    }

    state = fold(state, jobs(NEWEST, 4 * JOBS, 5 * JOBS)).apply(limitsOf(NEWEST)).retire();
    assertThat(state.subjects().get(STREAM.about()).windows().keySet()).containsExactly(3L, 4L);
    assertThat(gap(state).former().model()).isEqualTo(NEW);
    assertThat(state.subjects().get(STREAM.about()).total().measured())
        .isEqualTo(5L * JOBS * BATCH);
    assertThat(state.retire()).isSameAs(state);
  }

  /** The window shown is of the version before until one of the new is complete. */
  @Test
  void figuresStandBesideTheLimitsOfTheirOwnVersion() {
    State state = fold(jobs(OLD, 0, JOBS)).apply(limitsOf(OLD)).retire();
    RobustnessGap before = gap(state);
    state = fold(state, jobs(NEW, JOBS, JOBS + 3)).apply(limitsOf(NEW)).retire();

    assertThat(gap(state)).as("with the limits before").isEqualTo(before);
    assertThat(before.limitSamples()).isEqualTo(100);

    State restored = StatePieces.join(read(state));
    assertThat(restored).isEqualTo(state);

    State never = fold(jobs(OLD, 0, JOBS)).apply(limitsOf(NEW));
    RobustnessGap without = gap(never);
    assertThat(without.limitSamples()).isNull();
    assertThat(without.spaces().values())
        .allSatisfy(
            space -> {
              assertThat(space.notApplicable()).contains("another version of the classifier");
              assertThat(space.quantiles().get(0).measured()).isPositive();
              assertThat(space.quantiles().get(0).gapRatio()).isNull();
            });
  }

  /** As the next aggregator reads what this one wrote. */
  private static Map<String, Object> read(State state) {
    Map<String, Object> pieces = new HashMap<>();
    StatePieces.split(state)
        .forEach(
            (key, piece) -> {
              byte[] written = Json.write(piece);
              pieces.put(key, StatePieces.read(key, form -> Json.read(written, form)));
            });
    return pieces;
  }

  @Test
  void pairsKeepVersionsOfEitherApart() {
    Provenance before = new Provenance("gan", Made.job(PAIR, 0).plan().attack(), OLD, null, OLD);
    Provenance after = new Provenance("gan", Made.job(PAIR, 0).plan().attack(), OLD, null, NEW);
    State old =
        State.empty()
            .apply(new Event.Answered(of(before, result(PAIR, 0, 1)), 1))
            .apply(new Event.Answered(of(before, result(PAIR, BATCH, 1)), 2));
    State both = old.apply(new Event.Answered(of(after, result(PAIR, 2L * BATCH, 3)), 3));
    TransferGap gap = Made.gap(both, PAIR).orElseThrow();

    assertThat(gap.provenance()).isEqualTo(after);
    assertThat(gap.ofOtherProvenance()).isEqualTo(2L * BATCH);
    assertThat(gap.spaces())
        .isEqualTo(
            Made.gap(
                    State.empty()
                        .apply(new Event.Answered(of(after, result(PAIR, 2L * BATCH, 3)), 3)),
                    PAIR)
                .orElseThrow()
                .spaces());
  }
}
