package org.robustnessgap.campaign.fold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.robustnessgap.campaign.fold.Made.BATCH;
import static org.robustnessgap.campaign.fold.Made.generated;
import static org.robustnessgap.campaign.fold.Made.givenUp;
import static org.robustnessgap.campaign.fold.Made.latent;
import static org.robustnessgap.campaign.fold.Made.limits;
import static org.robustnessgap.campaign.fold.Made.measured;
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
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.DiagnosticFigure;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.Json;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.RobustnessGap;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.StreamId;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.messages.Window;

class StateTest {
  private static final StreamId STREAM = new StreamId("cifar", "vgg");
  private static final StreamId OTHER = new StreamId("cifar", "lenet");
  private static final Window FIRST = new Window(0, 4 * BATCH);
  private static final Window SECOND = new Window(1, 4 * BATCH);
  private static final Window THIRD = new Window(2, 4 * BATCH);

  @Test
  void aResultCountsOnceHoweverOftenItComes() {
    State once = fold(generated(STREAM, FIRST, 0), measured(STREAM, FIRST, 0));
    assertThat(once.apply(measured(STREAM, FIRST, 0))).isSameAs(once);
    assertThat(once.apply(generated(STREAM, FIRST, 0))).isSameAs(once);
    assertThat(counts(once).measured()).isEqualTo(BATCH);
    assertThat(counts(once).attackMicros()).isEqualTo(100_000);
  }

  @Test
  void aResultReplacesAFailureAndAFailureAfterAResultIsIgnored() {
    State failed = fold(generated(STREAM, FIRST, 0), givenUp(STREAM, FIRST, 0));
    assertThat(counts(failed).failed()).isEqualTo(BATCH);
    assertThat(failed.apply(givenUp(STREAM, FIRST, 0))).isSameAs(failed);

    State answered = failed.apply(measured(STREAM, FIRST, 0));
    assertThat(counts(answered).failed()).isZero();
    assertThat(counts(answered).measured()).isEqualTo(BATCH);
    assertThat(counts(answered).generated()).isEqualTo(BATCH);
    assertThat(answered.apply(givenUp(STREAM, FIRST, 0))).isSameAs(answered);
    assertThat(stream(answered).givenUpJobs()).isEqualTo(1);
  }

  @Test
  void whatWasAnsweredOrGivenUpWasGenerated() {
    State state = fold(measured(STREAM, FIRST, 0), givenUp(STREAM, FIRST, BATCH));
    assertThat(counts(state).generated()).isEqualTo(2 * BATCH);
    assertThat(state.apply(generated(STREAM, FIRST, 0))).isSameAs(state);
    assertThat(counts(state).inFlight()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void arrivalOrderAndDuplicatesChangeNoFigure(long seed) {
    List<Event> events = campaign();
    State expected = fold(events);
    Random random = new Random(seed);
    List<Event> shuffled = new ArrayList<>(events);
    for (int i = 0; i < events.size() / 2; i++) {
      shuffled.add(events.get(random.nextInt(events.size())));
    }
    Collections.shuffle(shuffled, random);

    State actual = State.empty();
    for (Event event : shuffled) {
      actual = actual.apply(event);
      for (SubjectState stream : actual.subjects().values()) {
        Counts counts = stream.total();
        assertThat(counts.inFlight()).isNotNegative();
        assertThat(counts.generated())
            .isEqualTo(counts.measured() + counts.failed() + counts.inFlight());
      }
    }
    for (StreamId id : List.of(STREAM, OTHER)) {
      assertThat(actual.subjects().get(id.about()).windows())
          .isEqualTo(expected.subjects().get(id.about()).windows());
      assertThat(Made.gap(actual, id)).isEqualTo(Made.gap(expected, id));
    }
  }

  @Test
  void aRestartAtAnyPointChangesNothing() {
    List<Event> events = new ArrayList<>(campaign());
    Collections.shuffle(events, new Random(7));
    State uninterrupted = fold(events).retire();
    for (int stop = 0; stop <= events.size(); stop += 3) {
      State before = fold(events.subList(0, stop));
      State state = restart(before);
      assertThat(state).isEqualTo(before);
      for (Event event : events.subList(stop, events.size())) {
        state = state.apply(event);
      }
      assertThat(state.retire()).isEqualTo(uninterrupted);
    }
  }

  @Test
  void piecesOfWhatDidNotChangeAreTheSameObjects() {
    State before = fold(campaign());
    State after = before.apply(generated(STREAM, THIRD, 12 * BATCH));
    Map<String, Object> old = StatePieces.split(before);
    assertThat(
            StatePieces.split(after).entrySet().stream()
                .filter(piece -> piece.getValue() != old.get(piece.getKey()))
                .map(Map.Entry::getKey))
        .containsExactly("cifar/vgg", "cifar/vgg/2");
    assertThat(StatePieces.split(StatePieces.join(old)))
        .allSatisfy((key, piece) -> assertThat(piece).isSameAs(old.get(key)));
  }

  @Test
  void aDuplicateThatDiffersRaisesTheAlarmAndOneThatIsRoundedDoesNot() {
    State state = fold(measured(STREAM, FIRST, 0));
    State rounded = state.apply(measuredAs(result(STREAM, FIRST, 0, 1.0005)));
    assertThat(rounded).isSameAs(state);

    State divergent = state.apply(measuredAs(result(STREAM, FIRST, 0, 1.01)));
    assertThat(stream(divergent).divergentDuplicates()).isEqualTo(1);
    assertThat(counts(divergent)).isEqualTo(counts(state));
    assertThat(Made.gap(divergent, STREAM)).isEqualTo(Made.gap(state, STREAM));
  }

  @Test
  void aDuplicateWithOtherSamplesOrWithoutAnyDistanceDiffers() {
    State state = fold(measuredAs(latent(STREAM, FIRST, 0, 1, 2)));
    State shorter = state.apply(measuredAs(latent(STREAM, FIRST, 0, Math.sqrt(2))));
    assertThat(stream(shorter).divergentDuplicates()).isEqualTo(1);
    assertThat(Fingerprint.agree(Integer.MIN_VALUE, Integer.MAX_VALUE)).isFalse();
  }

  @Test
  void aTieIsADistanceOfZeroWithoutResidual() {
    AttackResult found = latent(STREAM, FIRST, 0, 1, 2);
    AttackResult tie =
        new AttackResult(
            found.jobId(),
            FIRST,
            10,
            100,
            "w",
            "e",
            1,
            List.of(
                found.samples().get(0),
                new SampleResult(1, 0, 10, 27, Map.of(Space.LATENT, new Outcome.Tie(0, 1)))));
    State state = fold(measuredAs(tie));

    assertThat(stream(state).total().outcomes(Space.LATENT).found()).isEqualTo(2);
    assertThat(gap(state).diagnostics())
        .singleElement()
        .satisfies(
            residual -> {
              assertThat(residual.name()).isEqualTo("kkt_residual");
              assertThat(residual.space()).isEqualTo(Space.LATENT);
              assertThat(residual.samples()).isOne();
              assertThat(residual.median()).isCloseTo(0.125, within(0.125 * 0.006));
            });
  }

  private static RobustnessGap gap(State state) {
    return Made.gap(state, STREAM).orElseThrow();
  }

  @Test
  void whatDiagnosticsFindIsQuartilesInWhateverOrderItComes() {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      AttackResult plain = latent(STREAM, FIRST, i, 1);
      SampleResult sample =
          plain
              .samples()
              .get(0)
              .with(Map.of(Space.UNCONSTRAINED, Map.of("shift", (double) (i - 4))));
      events.add(
          measuredAs(
              new AttackResult(
                  plain.jobId(),
                  FIRST,
                  10,
                  100,
                  "w",
                  "e",
                  1,
                  List.of(sample),
                  List.of(),
                  null,
                  plain.provenance(),
                  i % 2 == 0 ? Map.of() : Map.of("lower-bounds", "Node " + i + "."))));
    }
    RobustnessGap gap = gap(fold(events));
    Collections.shuffle(events, new Random(3));

    assertThat(gap(restart(fold(events)))).isEqualTo(gap);
    assertThat(gap.withoutDiagnostics()).containsExactly(Map.entry("lower-bounds", "Node 1."));
    DiagnosticFigure shift =
        gap.diagnostics().stream().filter(d -> d.name().equals("shift")).findFirst().orElseThrow();
    assertThat(shift.samples()).isEqualTo(8);
    assertThat(shift.lowerQuartile()).isCloseTo(-3, within(0.02));
    assertThat(shift.median()).isCloseTo(-1, within(0.01));
    assertThat(shift.upperQuartile()).isCloseTo(1, within(0.01));
  }

  @Test
  void shownIsTheNewestCompleteWindowElseTheBestFilled() {
    State state = State.empty();
    assertThat(Made.gap(state, STREAM)).isEmpty();
    state = state.apply(measured(STREAM, FIRST, 0)).apply(measured(STREAM, FIRST, BATCH));
    state = state.apply(measured(STREAM, SECOND, 4 * BATCH));
    assertThat(shown(state)).isEqualTo(FIRST);
    state = filled(state, SECOND);
    assertThat(shown(state)).isEqualTo(SECOND);
    assertThat(stream(state).current().orElseThrow().window()).isEqualTo(FIRST);
    state = filled(state, FIRST);
    assertThat(shown(state)).isEqualTo(SECOND);
  }

  @Test
  void olderCompleteWindowsRetireTheirCountsStayAndLateMessagesChangeNothing() {
    State all = filled(filled(filled(State.empty(), FIRST), SECOND), THIRD);
    State retired = all.retire();
    assertThat(stream(retired).windows().keySet()).containsExactly(2L);
    assertThat(stream(retired).total()).isEqualTo(stream(all).total());
    assertThat(Made.gap(retired, STREAM)).isEqualTo(Made.gap(all, STREAM));
    assertThat(retired.retire()).isSameAs(retired);

    assertThat(retired.apply(generated(STREAM, FIRST, 0))).isSameAs(retired);
    assertThat(retired.apply(measured(STREAM, SECOND, 4 * BATCH))).isSameAs(retired);
    assertThat(retired.apply(givenUp(STREAM, FIRST, BATCH))).isSameAs(retired);
  }

  @Test
  void anOpenWindowNeverRetiresAndIsClosedWhenItCompletesLate() {
    State state = State.empty().apply(measured(STREAM, FIRST, 0));
    state = filled(filled(state, SECOND), THIRD).retire();
    assertThat(stream(state).windows().keySet()).containsExactly(0L, 2L);
    state = filled(state, FIRST).retire();
    assertThat(stream(state).windows().keySet()).containsExactly(2L);
    assertThat(stream(state).total().measured()).isEqualTo(12 * BATCH);
  }

  @Test
  void theStateDoesNotGrowWithTheNumberOfWindows() {
    State state = State.empty();
    int size = 0;
    for (int i = 0; i < 50; i++) {
      state = filled(state, new Window(i, 4 * BATCH)).retire();
      int now =
          StatePieces.split(state).values().stream().mapToInt(p -> Json.write(p).length).sum();
      if (i == 9) {
        size = now;
      }
    }
    int last = StatePieces.split(state).values().stream().mapToInt(p -> Json.write(p).length).sum();
    assertThat(last).isLessThan(size * 6 / 5);
    assertThat(stream(state).total().measured()).isEqualTo(50 * 4 * BATCH);
  }

  @Test
  void smoothnessJobsGivenUpAreSeenOnceAndAreNoSamples() {
    JobId job = new JobId("cifar", JobKind.SMOOTHNESS, "gan", 0);
    Event failure = new Event.GivenUp(new JobFailure.GivenUp(job, null, 64, 5, "w", "why"), 9);
    State state = fold(failure, failure);
    assertThat(state.subjects()).isEmpty();
    assertThat(state.campaigns().get("cifar").givenUp()).containsExactly(job.toString());
    assertThat(state.campaigns().get("cifar").recentFailures())
        .containsExactly(new Failure(job.toString(), "why", 9));
  }

  @Test
  void theLastFewFailuresAreKeptInWhateverOrderTheyCome() {
    List<Event> failures = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      failures.add(givenUp(STREAM, FIRST, i * BATCH));
    }
    Collections.shuffle(failures, new Random(3));
    assertThat(fold(failures).campaigns().get("cifar").recentFailures())
        .extracting(Failure::source)
        .containsExactly(
            "cifar/attack/vgg/44",
            "cifar/attack/vgg/40",
            "cifar/attack/vgg/36",
            "cifar/attack/vgg/32",
            "cifar/attack/vgg/28");
  }

  @Test
  void deadLettersAndUnreadableRecordsAreRemembered() {
    JobFailure.Refused refused =
        new JobFailure.Refused("attack-results", 0, 17, "This is no JSON.", "{");
    State state =
        fold(new Event.Unreadable(Topic.ATTACK_RESULTS), new Event.DeadLetter(refused, 5));
    assertThat(state.refusals().unreadable()).containsExactly(Map.entry("attack-results", 1L));
    assertThat(state.refusals().recentFailures())
        .containsExactly(new Failure("attack-results/0/17", "This is no JSON.", 5));
    assertThat(restart(state)).isEqualTo(state);
  }

  @Test
  void theRateLeavesOutTheFirstResultWhichStartsTheWatch() {
    State state =
        fold(
            new Event.Answered(latent(STREAM, FIRST, 0, 1, 1), 10_000),
            new Event.Answered(latent(STREAM, FIRST, 2, 1, 1), 11_000),
            new Event.Answered(latent(STREAM, FIRST, 4, 1, 1), 12_000));
    assertThat(stream(state).shown().orElseThrow().samplesPerSecond()).isEqualTo(2);
  }

  @Test
  void aJobTakesFewBytesInTheState() {
    Window large = new Window(0, 1 << 20);
    State state = State.empty();
    for (int i = 0; i < 2000; i++) {
      state = state.apply(measured(STREAM, large, (long) i * BATCH));
    }
    byte[] piece = Json.write(stream(state).windows().get(0L));
    assertThat(piece.length / 2000).as("bytes per job").isLessThan(48);
  }

  @Test
  void aNonsensicalDurationDoesNotSpoilTheSums() {
    State state = State.empty();
    for (int i = 0; i < 20; i++) {
      AttackResult r = latent(STREAM, new Window(0, 100), i, 1);
      state =
          state.apply(
              measuredAs(
                  new AttackResult(
                      r.jobId(), r.window(), 10, 100, "w", "e", Double.MAX_VALUE, r.samples())));
    }
    assertThat(Made.gap(state, STREAM).orElseThrow().attackSeconds()).isEqualTo(20e6);
  }

  private static State restart(State state) {
    Map<String, Object> pieces = new HashMap<>();
    StatePieces.split(state)
        .forEach(
            (key, piece) ->
                pieces.put(key, StatePieces.read(key, form -> Json.read(Json.write(piece), form))));
    return StatePieces.join(pieces);
  }

  /** Three windows of one stream, one of another, with failures and limits, each job once. */
  private static List<Event> campaign() {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      Window window = new Window(i / 4, 4 * BATCH);
      events.add(generated(STREAM, window, (long) i * BATCH));
      if (i % 5 == 4) {
        events.add(givenUp(STREAM, window, (long) i * BATCH));
      } else if (i < 11) {
        events.add(measured(STREAM, window, (long) i * BATCH));
      }
    }
    events.add(generated(OTHER, FIRST, 0));
    events.add(measured(OTHER, FIRST, BATCH));
    events.add(new Event.LimitsChanged(limits(STREAM), 1));
    events.add(new Event.LimitsChanged(limits(OTHER), 1));
    return events;
  }

  private static State filled(State state, Window window) {
    State next = state;
    for (int i = 0; i < 4; i++) {
      next = next.apply(measured(STREAM, window, (window.index() * 4 + i) * BATCH));
    }
    return next;
  }

  private static Event measuredAs(AttackResult result) {
    return new Event.Answered(result, 1);
  }

  private static State fold(Event... events) {
    return fold(List.of(events));
  }

  private static State fold(List<Event> events) {
    State state = State.empty();
    for (Event event : events) {
      state = state.apply(event);
    }
    return state;
  }

  private static SubjectState stream(State state) {
    return state.subjects().get(STREAM.about());
  }

  private static Counts counts(State state) {
    return stream(state).total();
  }

  private static Window shown(State state) {
    RobustnessGap gap = Made.gap(state, STREAM).orElseThrow();
    assertThat(gap.spaces()).containsKey(Space.LATENT);
    return gap.window();
  }
}
