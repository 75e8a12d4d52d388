package org.robustnessgap.campaign.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.robustnessgap.campaign.plan.Campaigns.sampling;
import static org.robustnessgap.campaign.plan.Campaigns.smoothness;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.campaign.sampling.LatentSampler;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.Effort;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.SamplingPlan;
import org.robustnessgap.messages.TransferPlan;
import org.robustnessgap.messages.Window;

/** Which jobs are sent, in what order, how many at once and how often. */
class LedgerTest extends LedgerScenario {
  @Test
  void jobsCarryEverything() {
    ledger.apply(Campaigns.of("c", sampling(10L, null, 100), smoothness(3), "vgg"));
    List<Job> jobs = sendAll(START);

    assertThat(jobs.stream().map(job -> job.id().toString()))
        .containsExactly(
            "c/smoothness/dcgan/0",
            "c/attack/vgg/0",
            "c/smoothness/dcgan/2",
            "c/attack/vgg/4",
            "c/attack/vgg/8");
    assertThat(jobs).allMatch(job -> job.generator().equals(Campaigns.GENERATOR));
    LatentSampler sampler = new LatentSampler(7, 3);
    assertThat(jobs.get(1).latents()).isEqualTo(sampler.draw(0, 4));
    assertThat(jobs.get(2).latents()).isEqualTo(sampler.draw(2, 1));
    assertThat(jobs.get(4).latents()).isEqualTo(sampler.draw(8, 2));
    assertThat(jobs.get(1))
        .isInstanceOfSatisfying(
            Job.Attack.class,
            job -> {
              assertThat(job.classifier()).isEqualTo(new ModelReference("vgg", "vgg.onnx"));
              assertThat(job.window()).isEqualTo(new Window(0, 8));
              assertThat(job.plan()).isEqualTo(AttackPlan.standard());
            });
    assertThat(((Job.Attack) jobs.get(4)).window()).isEqualTo(new Window(1, 2));
    assertThat(((Job.Smoothness) jobs.get(0)).plan()).isEqualTo(smoothness(3));
  }

  @Test
  void everyPairOfClassifiersIsExaminedOnTheFirstSamples() {
    ledger.apply(
        Campaigns.withTransfer(Campaigns.of("c", sampling(8L, null, 9), null, "b", "a", "d"), 3));
    List<Job> sent = sendAll(START);

    assertThat(sent.stream().filter(Job.Transfer.class::isInstance).map(job -> job.id().toString()))
        .containsExactly(
            "c/transfer/a~b/0",
            "c/transfer/b~d/0",
            "c/transfer/a~d/0",
            "c/transfer/a~b/2",
            "c/transfer/b~d/2",
            "c/transfer/a~d/2");
    Job.Transfer last = (Job.Transfer) sent.get(sent.size() - 4);
    assertThat(last.id()).isEqualTo(transfer("a~d", 2));
    assertThat(last.first()).isEqualTo(new ModelReference("a", "a.onnx"));
    assertThat(last.second()).isEqualTo(new ModelReference("d", "d.onnx"));
    assertThat(last.plan()).isEqualTo(new TransferPlan(3, 2, Effort.FAST));
    assertThat(last.latents()).isEqualTo(new LatentSampler(7, 3).draw(2, 1));
  }

  @Test
  void aTransferJobWithoutAnAnswerIsSentAgain() {
    Campaign campaign =
        Campaigns.withTransfer(Campaigns.of("c", sampling(4L, null, 9), null, "a", "b"), 4);
    ledger.apply(campaign);
    sendAll(START);
    ledger.answered(transfer("a~b", 2));
    ledger.answered(attack("a", 0));
    ledger.answered(attack("b", 0));

    assertThat(ledger.due(START.plusSeconds(59))).isEmpty();
    assertThat(ledger.due(START.plusSeconds(60)))
        .hasValueSatisfying(
            due -> {
              assertThat(due.job().id()).isEqualTo(transfer("a~b", 0));
              assertThat(due.again()).isTrue();
            });
    assertRefused(Campaigns.withTransfer(campaign, 6), "transfer plan");
  }

  @Test
  void everyOrdinalGoesToEveryClassifierExactlyOnce() {
    ledger.apply(Campaigns.of("c", sampling(50L, null, 2), smoothness(7), "a", "b", "c"));
    Map<String, List<Long>> ordinals = new HashMap<>();
    Random random = new Random(1);
    List<JobId> unanswered = new ArrayList<>();
    List<Job> sent;
    do {
      sent = sendAll(START);
      for (Job job : sent) {
        unanswered.add(job.id());
        for (int i = 0; i < job.latents().count(); i++) {
          ordinals
              .computeIfAbsent(job.id().subject(), subject -> new ArrayList<>())
              .add(job.latents().firstOrdinal() + i);
        }
      }
      Collections.shuffle(unanswered, random);
      for (int i = unanswered.size() / 2; i >= 0 && !unanswered.isEmpty(); i--) {
        ledger.answered(unanswered.remove(unanswered.size() - 1));
      }
    } while (!sent.isEmpty() || !unanswered.isEmpty());

    assertThat(ordinals).containsOnlyKeys("a", "b", "c", "dcgan");
    ordinals.forEach(
        (subject, seen) ->
            assertThat(seen)
                .as(subject)
                .hasSize(subject.equals("dcgan") ? 7 : 50)
                .doesNotHaveDuplicates()
                .isSorted());
    assertThat(ledger.due(START.plus(Duration.ofDays(1)))).isEmpty();
    assertThat(ledger.inFlight()).containsEntry("c", 0);
  }

  @Test
  void neverMoreJobsInFlightThanAllowed() {
    ledger.apply(Campaigns.of("c", sampling(null, null, 3), null, "a", "b"));
    Map<String, Integer> inFlight = new HashMap<>();
    List<JobId> unanswered = new ArrayList<>();
    Random random = new Random(2);
    for (int round = 0; round < 200; round++) {
      for (Job job : sendAll(START)) {
        inFlight.merge(job.id().subject(), 1, Integer::sum);
        unanswered.add(job.id());
      }
      assertThat(inFlight).allSatisfy((subject, jobs) -> assertThat(jobs).isEqualTo(3));
      JobId answered = unanswered.remove(random.nextInt(unanswered.size()));
      ledger.answered(answered);
      inFlight.merge(answered.subject(), -1, Integer::sum);
      assertThat(ledger.inFlight()).containsEntry("c", 5);
    }
  }

  @Test
  void classifiersProgressTogether() {
    ledger.apply(Campaigns.of("c", sampling(null, null, 100), null, "a", "b", "d"));
    List<String> order = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      order.add(sendOne(START).subject());
    }
    assertThat(order).containsExactly("a", "b", "d", "a", "b", "d", "a", "b", "d");
  }

  @Test
  void aStuckClassifierHoldsNobodyUpAndCatchesUpFirst() {
    ledger.apply(Campaigns.of("c", sampling(null, null, 1), null, "stuck", "quick"));
    JobId held = sendOne(START);
    for (int i = 0; i < 5; i++) {
      JobId job = sendOne(START);
      assertThat(job.subject()).isEqualTo("quick");
      ledger.answered(job);
    }
    ledger.answered(held);
    for (int i = 1; i < 5; i++) {
      JobId job = sendOne(START);
      assertThat(job).isEqualTo(attack("stuck", i * 4));
      ledger.answered(job);
    }
  }

  @Test
  void campaignsTakeTurns() {
    ledger.apply(Campaigns.of("one", sampling(null, null, 100), null, "a"));
    ledger.apply(Campaigns.of("two", sampling(null, null, 100), null, "a"));
    List<String> order = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      order.add(sendOne(START).campaign());
    }
    assertThat(order).containsExactly("one", "two", "one", "two");
  }

  @Test
  void overdueJobsAreSentAgainUnchangedAndEverMoreSeldom() {
    ledger.apply(Campaigns.of("c", sampling(4L, null, 1), null, "a"));
    Job original = sendAll(START).get(0);
    List<Long> secondsOfResends = new ArrayList<>();
    Instant end = START.plusSeconds(60 * 400);
    for (Instant now = START; now.isBefore(end); now = now.plusSeconds(1)) {
      Optional<Ledger.Due> due = ledger.due(now);
      if (due.isPresent()) {
        assertThat(due.get().again()).isTrue();
        assertThat(due.get().job()).isEqualTo(original);
        ledger.sent(original.id(), now);
        secondsOfResends.add(Duration.between(START, now).toSeconds() / 60);
      }
    }
    // Waits of 1, 2, 4, … 64 and then 64 again, in timeouts.
    assertThat(secondsOfResends)
        .containsExactly(1L, 3L, 7L, 15L, 31L, 63L, 127L, 191L, 255L, 319L, 383L);
    ledger.answered(original.id());
    assertThat(ledger.due(end.plus(Duration.ofDays(1)))).isEmpty();
  }

  @Test
  void aLateDuplicateAnswerChangesNothing() {
    ledger.apply(Campaigns.of("c", sampling(null, null, 1), null, "a"));
    JobId first = sendOne(START);
    ledger.answered(first);
    JobId second = sendOne(START);
    ledger.answered(first);
    assertThat(ledger.inFlight()).containsEntry("c", 1);
    assertThat(ledger.due(START)).isEmpty();
    ledger.answered(second);
    assertThat(sendOne(START)).isEqualTo(attack("a", 8));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 10, 64, 1000})
  void drawsAtItsRate(double rate) {
    ledger.apply(Campaigns.of("c", sampling(null, rate, 1_000_000), null, "a", "b"));
    double seconds = 400 / rate;
    long drawn = drawn(START, seconds, 100);
    // At least the rate over the time, at most a fifth of a second and one batch more.
    assertThat((double) drawn).isBetween(rate * seconds - 4, rate * (seconds + 0.2) + 4 + 1e-6);
  }

  @Test
  void noBurstAfterAPause() {
    double rate = 40;
    ledger.apply(Campaigns.of("c", sampling(null, rate, 1_000_000), null, "a"));
    sendAll(START);
    ledger.answered(attack("a", 0));
    ledger.answered(attack("a", 4));
    ledger.answered(attack("a", 8));
    assertThat(ledger.inFlight()).containsEntry("c", 0);
    int jobs = sendAll(START.plus(Duration.ofHours(5))).size();
    assertThat(jobs * 4).isLessThanOrEqualTo((int) (0.2 * rate) + 4);
  }

  @Test
  void rateCountsOrdinalsNotClassifiers() {
    ledger.apply(Campaigns.of("c", sampling(null, 1.0, 100), smoothness(6), "a", "b"));
    // One batch of ordinals for both, and the generator's smoothness, which draws nothing new.
    assertThat(sendAll(START).stream().map(job -> job.id().toString()))
        .containsExactly(
            "c/smoothness/dcgan/0",
            "c/attack/a/0",
            "c/attack/b/0",
            "c/smoothness/dcgan/2",
            "c/smoothness/dcgan/4");
    assertThat(sendAll(START.plusMillis(3700))).isEmpty();
    assertThat(sendAll(START.plusMillis(4000))).hasSize(2);
  }

  @Test
  void extremePlansDoNotOverflow() {
    ledger.apply(Campaigns.of("c", new SamplingPlan(7, null, 1e-300, 4, 8, 9, 1e300), null, "a"));
    assertThat(sendAll(START)).hasSize(1);
    Instant muchLater = START.plus(Duration.ofDays(36_500));
    assertThat(ledger.due(muchLater)).isEmpty();
  }

  private static JobId transfer(String pair, long firstOrdinal) {
    return new JobId("c", JobKind.TRANSFER, pair, firstOrdinal);
  }

  /** Ordinals drawn when asked every so often. */
  private long drawn(Instant from, double seconds, long everyMillis) {
    long ordinals = 0;
    for (long millis = 0; millis < seconds * 1000; millis += everyMillis) {
      for (Job job : sendAll(from.plusMillis(millis))) {
        ledger.answered(job.id());
        ordinals += job.id().subject().equals("a") ? job.latents().count() : 0;
      }
    }
    return ordinals;
  }
}
