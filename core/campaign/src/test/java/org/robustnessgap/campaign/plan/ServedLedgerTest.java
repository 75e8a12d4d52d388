package org.robustnessgap.campaign.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.robustnessgap.campaign.plan.Campaigns.sampling;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.robustnessgap.messages.Algorithm;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.Endpoint;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.StreamId;

/** How many jobs of a served classifier are sent: as many as its endpoint allows. */
class ServedLedgerTest extends LedgerScenario {
  /** Of a job of four samples in one space, by hand: 4 (100 + 6) + 48. */
  private static final long OF_JOB = 472;

  private static Campaign campaign(Integer concurrency, Long perHour, Long inAll) {
    Endpoint endpoint =
        new Endpoint(
            null, null, null, null, null, null, 100, null, perHour, inAll, concurrency, null, null);
    return new Campaign(
        "c",
        Campaigns.GENERATOR,
        List.of(
            new ModelReference("asked", "oip+http://h/v2/models/m", null, null, endpoint),
            new ModelReference("file", "file.onnx")),
        sampling(80L, null, 100),
        AttackPlan.of(List.of(Space.UNCONSTRAINED), Algorithm.BoundaryDescent.standard()),
        null,
        null,
        List.of(0.25));
  }

  private List<JobId> asked(Instant now) {
    return sendAll(now).stream()
        .map(job -> job.id())
        .filter(id -> id.subject().equals("asked"))
        .toList();
  }

  @Test
  void oneAtATimeUnlessToldOtherwise() {
    ledger.apply(campaign(null, null, null));
    assertThat(asked(START)).containsExactly(attack("asked", 0));
    ledger.answered(attack("asked", 0));
    assertThat(asked(START)).containsExactly(attack("asked", 4));

    ledger.apply(campaign(3, null, null));
    assertThat(asked(START)).as("limits may change").hasSize(2);
  }

  @Test
  void filesDoNotWaitForServers() {
    ledger.apply(campaign(1, null, null));
    assertThat(sendAll(START).stream().filter(job -> job.id().subject().equals("file")))
        .hasSize(20);
  }

  @Test
  void neverMoreThanInAllWhateverWasSpentOfWhatWasReserved() {
    ledger.apply(campaign(2, null, 5 * OF_JOB));
    long spent = 0;
    int sent = 0;
    Random random = new Random(1);
    for (List<JobId> jobs = asked(START); !jobs.isEmpty(); jobs = asked(START)) {
      for (JobId id : jobs) {
        long queries = random.nextLong(OF_JOB);
        spent += queries;
        sent++;
        ledger.answered(id);
        ledger.spent(id, queries, START);
      }
    }
    assertThat(spent).isBetween(4 * OF_JOB, 5 * OF_JOB);
    assertThat(ledger.queries())
        .isEqualTo(Map.of(new StreamId("c", "asked"), new Queries(spent, 5 * OF_JOB - spent)));
    assertThat(sent).isGreaterThan(5);
  }

  @Test
  void neverMoreThanInAnyHour() {
    ledger.apply(campaign(10, 3 * OF_JOB, null));
    List<Instant> times = new ArrayList<>();
    for (Instant now = START; times.size() < 20; now = now.plus(Duration.ofMinutes(1))) {
      for (JobId id : asked(now)) {
        ledger.answered(id);
        ledger.spent(id, OF_JOB, now);
        times.add(now);
      }
    }
    for (int i = 3; i < times.size(); i++) {
      assertThat(Duration.between(times.get(i - 3), times.get(i)))
          .isGreaterThanOrEqualTo(Duration.ofHours(1))
          .isLessThan(Duration.ofMinutes(62));
    }
  }

  @Test
  void aJobGivenUpMayHaveTakenAllItMight() {
    ledger.apply(campaign(1, null, OF_JOB));
    asked(START);
    ledger.givenUp(attack("asked", 0), START);
    assertThat(asked(START)).isEmpty();
  }

  @Test
  void aJobPutOffIsSentAgainWhenItsTimeHasComeAndNoEarlier() {
    ledger.apply(campaign(1, null, null));
    asked(START);
    ledger.putOff(attack("asked", 0), START, START.plusSeconds(5));

    assertThat(ledger.due(START.plusMillis(4999))).isEmpty();
    Optional<Ledger.Due> due = ledger.due(START.plusSeconds(6));
    assertThat(due.orElseThrow().job().id()).isEqualTo(attack("asked", 0));
    ledger.sent(attack("asked", 0), START.plusSeconds(6));
    assertThat(ledger.due(START.plusSeconds(20))).as("sent again").isEmpty();
    assertThat(ledger.due(START.plusSeconds(6 + 2 * 60 + 1)))
        .as("and lost, twice the timeout later")
        .isPresent();
  }

  @Test
  void whatWasPutOffBeforeItWasSentAgainIsForgottenWhateverTheOrder() {
    ledger.apply(campaign(1, null, null));
    // As a restarted service reads the topics: failures before jobs.
    ledger.putOff(attack("asked", 0), START, START.plusSeconds(5));
    ledger.sent(attack("asked", 0), START.minusSeconds(1));
    ledger.sent(attack("asked", 0), START.plusSeconds(6));
    assertThat(ledger.due(START.plusSeconds(20)).map(due -> due.job().id().subject()))
        .hasValue("file");
    assertThat(asked(START.plusSeconds(20))).isEmpty();
  }

  @Test
  void whatWasSpentInVainCounts() {
    ledger.apply(campaign(1, null, 2 * OF_JOB));
    asked(START);
    ledger.putOff(attack("asked", 0), START, START);
    ledger.spent(attack("asked", 0), OF_JOB + 1, START);
    assertThat(asked(START.plusSeconds(1))).isEmpty();
  }
}
