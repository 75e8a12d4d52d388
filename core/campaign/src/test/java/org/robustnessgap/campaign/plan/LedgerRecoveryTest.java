package org.robustnessgap.campaign.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.robustnessgap.campaign.plan.Campaigns.sampling;
import static org.robustnessgap.campaign.plan.Campaigns.smoothness;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.JobId;

/** A ledger made from what is on the log. */
class LedgerRecoveryTest extends LedgerScenario {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void aRecoveredLedgerContinuesLikeAnUninterruptedOne(long seed) {
    Campaign campaign = Campaigns.of("c", sampling(60L, null, 3), smoothness(5), "a", "b");
    Campaign other = Campaigns.of("d", sampling(null, null, 2), null, "a");
    ledger.apply(campaign);
    ledger.apply(other);
    Random random = new Random(seed);
    List<Consumer<Ledger>> log = new ArrayList<>();
    List<JobId> unanswered = new ArrayList<>();
    Instant now = START;
    for (int i = 0; i < 200; i++) {
      now = now.plusSeconds(random.nextInt(30));
      Optional<Ledger.Due> due = ledger.due(now);
      if (due.isPresent() && random.nextBoolean()) {
        JobId id = due.get().job().id();
        Instant at = now;
        tell(log, l -> l.sent(id, at));
        unanswered.add(id);
      } else if (!unanswered.isEmpty() && random.nextInt(4) > 0) {
        JobId id = unanswered.remove(random.nextInt(unanswered.size()));
        tell(log, l -> l.answered(id));
      }
    }

    // Topics are read one after the other, so events of different topics come in any order.
    Collections.shuffle(log, random);
    Ledger recovered = new Ledger(Path.of("."), new KeptReports());
    recovered.apply(other);
    recovered.apply(campaign);
    log.forEach(event -> event.accept(recovered));

    assertThat(recovered.inFlight()).isEqualTo(ledger.inFlight());
    assertThat(remaining(recovered, now)).isEqualTo(remaining(ledger, now));
  }

  @Test
  void aTrimmedLogContinuesAfterTheHighestOrdinalSeen() {
    ledger.apply(Campaigns.of("c", sampling(null, null, 4), null, "a", "b"));
    ledger.answered(attack("a", 400));
    ledger.sent(attack("b", 800), START);
    assertThat(sendOne(START)).isEqualTo(attack("a", 404));
    assertThat(sendAll(START).stream().map(Job::id)).contains(attack("b", 804));
  }

  @Test
  void anAnswerToAJobNeverSentDoesNotMoveTheCampaign() {
    ledger.apply(Campaigns.of("c", sampling(null, null, 2), null, "a"));
    sendOne(START);
    ledger.answered(attack("a", 1L << 61));
    ledger.answered(attack("a", Long.MAX_VALUE));
    ledger.answered(attack("a", 41));
    assertThat(sendOne(START)).isEqualTo(attack("a", 4));
  }

  @Test
  void eventsOfUnknownCampaignsAreIgnored() {
    ledger.answered(attack("a", 0));
    ledger.sent(attack("a", 0), START);
    ledger.stop("c");
    assertThat(ledger.due(START)).isEmpty();
    assertThat(ledger.inForce("c")).isEmpty();
    assertThat(ledger.knows("c")).isFalse();
  }

  private void tell(List<Consumer<Ledger>> log, Consumer<Ledger> event) {
    event.accept(ledger);
    log.add(event);
  }

  /** What is still sent, and when, if from now on one job is answered every 45 s. */
  private static List<String> remaining(Ledger ledger, Instant from) {
    List<String> sendings = new ArrayList<>();
    Set<JobId> unanswered = new HashSet<>();
    for (Instant now = from; now.isBefore(from.plusSeconds(3600)); now = now.plusSeconds(15)) {
      Optional<Ledger.Due> due;
      List<String> round = new ArrayList<>();
      while ((due = ledger.due(now)).isPresent()) {
        JobId id = due.get().job().id();
        ledger.sent(id, now);
        unanswered.add(id);
        round.add(now + " " + id + (due.get().again() ? " again" : ""));
      }
      // Which campaign had the last turn is not on the log.
      Collections.sort(round);
      sendings.addAll(round);
      if (now.getEpochSecond() % 45 == 0 && !unanswered.isEmpty()) {
        JobId first = Collections.min(unanswered, Comparator.comparing(JobId::toString));
        ledger.answered(first);
        unanswered.remove(first);
      }
    }
    return sendings;
  }
}
