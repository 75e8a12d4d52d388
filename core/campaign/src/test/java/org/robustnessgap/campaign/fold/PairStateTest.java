package org.robustnessgap.campaign.fold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.robustnessgap.campaign.fold.Made.BATCH;
import static org.robustnessgap.campaign.fold.Made.generated;
import static org.robustnessgap.campaign.fold.Made.givenUp;
import static org.robustnessgap.campaign.fold.Made.limits;
import static org.robustnessgap.campaign.fold.Made.measured;
import static org.robustnessgap.campaign.fold.Made.result;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.robustnessgap.messages.Json;
import org.robustnessgap.messages.PairId;
import org.robustnessgap.messages.RobustnessGap.QuantileGap;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.TransferGap;

/** What is folded about pairs of classifiers. */
class PairStateTest {
  private static final PairId PAIR = new PairId("cifar", "lenet", "vgg");
  private static final PairId OTHER = new PairId("cifar", "lenet", "wrn");

  private static State fold(Event... events) {
    State state = State.empty();
    for (Event event : events) {
      state = state.apply(event);
    }
    return state;
  }

  private static Counts counts(State state) {
    return state.subjects().get(PAIR.about()).total();
  }

  @Test
  void aResultCountsOnceHoweverOftenItComes() {
    State once = fold(generated(PAIR, 0), measured(PAIR, 0));
    assertThat(once.apply(measured(PAIR, 0))).isSameAs(once);
    assertThat(once.apply(generated(PAIR, 0))).isSameAs(once);
    assertThat(counts(once).measured()).isEqualTo(BATCH);
    assertThat(counts(once).attackMicros()).isEqualTo(250_000);
    assertThat(counts(once).gradients()).isEqualTo(BATCH * (30 + 26) - 19);
    assertThat(once.subjects().keySet()).containsExactly(PAIR.about());
  }

  @Test
  void aResultThatSaysOtherwiseIsCountedAndIgnored() {
    State once = fold(measured(PAIR, 0));
    State twice = once.apply(new Event.Answered(result(PAIR, 0, 1.1), 5));
    assertThat(twice.subjects().get(PAIR.about()).divergentDuplicates()).isOne();
    assertThat(twice.subjects().get(PAIR.about()).windows().get(0L).figures())
        .isEqualTo(once.subjects().get(PAIR.about()).windows().get(0L).figures());
  }

  @Test
  void aResultReplacesAFailureAndAFailureAfterAResultIsIgnored() {
    State failed = fold(generated(PAIR, 0), givenUp(PAIR, 0));
    assertThat(counts(failed).failed()).isEqualTo(BATCH);
    assertThat(failed.campaigns().get("cifar").recentFailures()).hasSize(1);
    assertThat(failed.apply(givenUp(PAIR, 0))).isSameAs(failed);

    State answered = failed.apply(measured(PAIR, 0));
    assertThat(counts(answered).failed()).isZero();
    assertThat(counts(answered).measured()).isEqualTo(BATCH);
    assertThat(answered.apply(givenUp(PAIR, 0))).isSameAs(answered);
    assertThat(answered.subjects().get(PAIR.about()).givenUpJobs()).isOne();
  }

  @Test
  void countsAddUpAfterEveryEventInAnyOrder() {
    List<Event> events = new ArrayList<>();
    for (int job = 0; job < 20; job++) {
      long ordinal = (long) job * BATCH;
      for (PairId pair : List.of(PAIR, OTHER)) {
        events.add(generated(pair, ordinal));
        events.add(job % 5 == 0 ? givenUp(pair, ordinal) : measured(pair, ordinal));
        events.add(measured(pair, ordinal));
      }
    }
    State expected = null;
    for (int seed = 0; seed < 5; seed++) {
      Collections.shuffle(events, new Random(seed));
      State state = State.empty();
      for (Event event : events) {
        state = state.apply(event);
        for (SubjectState pair : state.subjects().values()) {
          Counts counts = pair.total();
          assertThat(counts.inFlight()).isNotNegative();
          assertThat(counts.generated())
              .isEqualTo(counts.measured() + counts.failed() + counts.inFlight());
        }
      }
      assertThat(counts(state).measured()).isEqualTo(20L * BATCH);
      if (expected != null) {
        assertThat(state.subjects().get(PAIR.about()).windows().get(0L).figures())
            .isEqualTo(expected.subjects().get(PAIR.about()).windows().get(0L).figures());
        assertThat(counts(state)).isEqualTo(counts(expected));
      }
      expected = state;
    }
  }

  @Test
  void figuresAreQuantilesAndSharesOfWhatWasFound() {
    State state = fold(measured(PAIR, 0), new Event.LimitsChanged(limits(PAIR, List.of(0.5)), 9));
    TransferGap gap = Made.gap(state, PAIR).orElseThrow();

    assertThat(gap.disagreement().observed()).isEqualTo(0.25);
    TransferGap.SpaceTransfer latent = gap.spaces().get(Space.LATENT);
    assertThat(latent.firstOnSecond()).isEqualTo(new TransferGap.Rate(0, 4));
    assertThat(latent.secondOnFirst()).isEqualTo(new TransferGap.Rate(2, 4));
    // Own distances near 1 to 4 and twice that; common ones near 2, 6, 6 and 12; E‖z‖ is 10.
    assertThat(latent.own().get(0).first()).isCloseTo(0.2, within(0.003));
    assertThat(latent.own().get(0).second()).isCloseTo(0.4, within(0.006));
    QuantileGap both = latent.both().quantiles().get(0);
    assertThat(both.measured()).isCloseTo(0.6, within(0.01));
    assertThat(both.limit()).isCloseTo(2 * Math.log(2), within(1e-9));
    TransferGap.SpaceTransfer images = gap.spaces().get(Space.UNCONSTRAINED);
    assertThat(images.both().found()).isEqualTo(2);
    assertThat(images.both().notFound()).isOne();
    assertThat(images.both().failed()).isOne();
    assertThat(images.secondOnFirst()).isEqualTo(new TransferGap.Rate(0, 0));
    assertThat(images.own().get(0).second()).isZero();
  }

  @Test
  void withoutLimitsNothingIsNormalised() {
    TransferGap gap = Made.gap(fold(measured(PAIR, 0)), PAIR).orElseThrow();
    assertThat(gap.disagreement()).isNull();
    assertThat(gap.spaces().get(Space.LATENT).both().quantiles()).isEmpty();
    assertThat(gap.spaces().get(Space.LATENT).own()).isEmpty();
    assertThat(gap.spaces().get(Space.LATENT).secondOnFirst().fooled()).isEqualTo(2);
  }

  @Test
  void theStateSurvivesBeingSplitWrittenReadAndJoined() {
    State state =
        fold(
            measured(PAIR, 0),
            generated(PAIR, BATCH),
            givenUp(OTHER, 0),
            new Event.LimitsChanged(limits(PAIR, List.of(0.25)), 9));
    Map<String, Object> read = new TreeMap<>();
    StatePieces.split(state)
        .forEach(
            (key, piece) ->
                read.put(key, StatePieces.read(key, form -> Json.read(Json.write(piece), form))));

    assertThat(read)
        .containsKeys("cifar/lenet~vgg/transfer", "cifar/lenet~vgg/transfer/0")
        .containsKeys("cifar/lenet~wrn/transfer", "cifar/lenet~vgg/transfer/limits");
    assertThat(StatePieces.join(read)).isEqualTo(state);
  }
}
