package org.robustnessgap.campaign.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.robustnessgap.data.FittedImage;
import org.robustnessgap.messages.Algorithm;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.ImageData;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.RecordFormat;
import org.robustnessgap.messages.SamplingPlan;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.TrafficTopic;
import org.robustnessgap.messages.Window;

/** Windows of eight samples, batches of four, a timeout of sixty seconds. */
class TrafficLedgerTest {
  private static final Instant NOON = Instant.parse("2026-11-30T12:00:00Z");

  private final Ledger ledger = ledger();

  private static Ledger ledger() {
    Ledger ledger = new Ledger(Path.of("."), new KeptReports());
    ledger.apply(campaign(4, null, "a", "b"));
    return ledger;
  }

  private static Campaign campaign(int inFlight, Long samples, String... classifiers) {
    return campaign(4, List.of(1, 1, 2), inFlight, samples, classifiers);
  }

  private static Campaign campaign(
      int batch, List<Integer> shape, int inFlight, Long samples, String... classifiers) {
    return new Campaign(
        "c",
        null,
        Stream.of(classifiers).map(name -> new ModelReference(name, name + ".onnx")).toList(),
        new SamplingPlan(1, samples, null, batch, 8, inFlight, 60),
        AttackPlan.of(List.of(Space.UNCONSTRAINED), Algorithm.BoundaryDescent.standard()),
        null,
        null,
        List.of(0.5),
        Map.of(),
        List.of(),
        new ImageData(
            "seen",
            null,
            shape,
            new TrafficTopic("t", RecordFormat.IMAGE, "PT1H", null, null, null, null)));
  }

  /** Images of this level, counted. */
  private static List<FittedImage> images(int count, float level) {
    return IntStream.range(0, count)
        .mapToObj(i -> new FittedImage("t/0/" + i, new float[] {level, i}, null))
        .toList();
  }

  /** Sends all that is due. */
  private static List<Job> send(Ledger ledger, Instant now) {
    List<Job> jobs = new ArrayList<>();
    for (Optional<Ledger.Due> due; (due = ledger.due(now)).isPresent(); ) {
      jobs.add(due.get().job());
      ledger.sent(due.get().job().id(), now);
    }
    return jobs;
  }

  private static void answer(Ledger ledger, List<Job> jobs) {
    jobs.forEach(job -> ledger.answered(job.id()));
  }

  private static List<String> ids(List<Job> jobs) {
    return jobs.stream().map(job -> job.id().toString()).toList();
  }

  @Test
  void nothingIsDueBeforeAWindow() {
    assertThat(ledger.due(NOON)).isEmpty();
    assertThat(ledger.traffic()).containsOnlyKeys("c");
    assertThat(ledger.offer("c", List.of())).isTrue();
    assertThat(ledger.due(NOON)).isEmpty();
  }

  @Test
  void everyClassifierGetsTheSameImages() {
    assertThat(ledger.offer("c", images(8, 0.5f))).isTrue();

    List<Job> jobs = send(ledger, NOON);

    assertThat(ids(jobs))
        .containsExactly("c/attack/a/0", "c/attack/b/0", "c/attack/a/4", "c/attack/b/4");
    assertThat(jobs.get(2).latents()).isEqualTo(jobs.get(3).latents());
    assertThat(jobs.get(2).latents().values()).startsWith(0.5f, 4).endsWith(0.5f, 7);
    assertThat(jobs.get(2).latents().name(0)).isEqualTo("t/0/4");
    assertThat(jobs.get(2).window()).isEqualTo(new Window(0, 8));
    assertThat(jobs.get(2).generator().image()).containsExactly(1, 1, 2);
  }

  /** So that it becomes complete, and its figures are shown. */
  @Test
  void aWindowThatSawLittleIsAsLongAsThat() {
    ledger.offer("c", images(6, 0));
    ledger.offer("c", images(1, 1));

    List<Job> jobs = send(ledger, NOON);

    assertThat(ids(jobs))
        .containsExactly(
            "c/attack/a/0",
            "c/attack/b/0",
            "c/attack/a/4",
            "c/attack/b/4",
            "c/attack/a/8",
            "c/attack/b/8");
    assertThat(jobs).extracting(job -> job.latents().count()).containsExactly(4, 4, 2, 2, 1, 1);
    assertThat(jobs.get(3).window()).isEqualTo(new Window(0, 6));
    assertThat(jobs.get(4).window()).isEqualTo(new Window(1, 1));
  }

  @Test
  void anOverdueJobIsSentAgainAsItWas() {
    ledger.offer("c", images(4, 0.5f));
    List<Job> first = send(ledger, NOON);
    answer(ledger, first.subList(0, 1));

    assertThat(ledger.due(NOON.plusSeconds(59))).isEmpty();
    Ledger.Due again = ledger.due(NOON.plusSeconds(61)).orElseThrow();
    assertThat(again.again()).isTrue();
    assertThat(again.job()).isEqualTo(first.get(1));
  }

  @Test
  void imagesThatWorkersDoNotTakeAreDroppedAndNotHeaped() {
    ledger.apply(campaign(1, null, "a"));
    assertThat(ledger.offer("c", images(8, 0))).isTrue();
    assertThat(ledger.offer("c", images(8, 1))).isTrue();
    List<Job> sent = send(ledger, NOON);
    assertThat(ids(sent)).containsExactly("c/attack/a/0");
    assertThat(ledger.offer("c", images(8, 2))).isFalse();

    answer(ledger, sent);
    List<Job> more = send(ledger, NOON);
    assertThat(ids(more)).containsExactly("c/attack/a/4");
    answer(ledger, more);
    assertThat(ledger.offer("c", images(8, 3))).isTrue();
  }

  @Test
  void aCampaignWithAnEndEndsThere() {
    ledger.apply(campaign(4, 16L, "a"));
    assertThat(ledger.offer("c", images(8, 0))).isTrue();
    answer(ledger, send(ledger, NOON));
    assertThat(ledger.offer("c", images(8, 0))).isTrue();
    answer(ledger, send(ledger, NOON));
    assertThat(ledger.offer("c", images(8, 0))).isFalse();
    assertThat(ledger.traffic()).as("whose topics are read").isEmpty();
    assertThat(ledger.due(NOON)).isEmpty();

    ledger.apply(campaign(4, 24L, "a"));
    assertThat(ledger.traffic()).containsOnlyKeys("c");
  }

  @Test
  void aStoppedCampaignTakesNothingAndSendsNothing() {
    ledger.offer("c", images(8, 0));
    ledger.stop("c");
    assertThat(ledger.offer("c", images(8, 0))).isFalse();
    assertThat(ledger.due(NOON)).isEmpty();
    assertThat(ledger.traffic()).isEmpty();
    assertThat(ledger.offer("unknown", images(1, 0))).isFalse();
  }

  /** What a ledger that is told the log, but has no image, makes of the past. */
  private static Ledger restarted(List<Job> sent, List<Job> answered) {
    Ledger ledger = ledger();
    answered.forEach(job -> ledger.answered(job.id()));
    for (Job job : sent) {
      ledger.sent(job.id(), NOON);
      ledger.carried(job);
    }
    return ledger;
  }

  @Test
  void whatARestartLostIsGivenUpAndTheNextWindowIsANewOne() {
    ledger.offer("c", images(7, 0));
    List<Job> jobs = send(ledger, NOON);
    Ledger next = restarted(jobs.subList(0, 3), jobs.subList(0, 1));

    List<JobFailure.GivenUp> lost = next.takeLost(NOON.plusSeconds(1), "generator-service");

    // b/4 was never sent; b/0 and a/4 may still be answered.
    assertThat(lost)
        .singleElement()
        .satisfies(
            failure -> {
              assertThat(failure.jobId()).isEqualTo(JobId.parse("c/attack/b/4"));
              assertThat(failure.window()).isEqualTo(new Window(0, 7));
              assertThat(failure.samples()).isEqualTo(3);
              assertThat(failure.reason()).contains("started anew", "in memory alone");
            });
    assertThat(next.takeLost(NOON.plusSeconds(2), "generator-service")).isEmpty();
    next.answered(JobId.parse("c/attack/b/0"));
    assertThat(next.takeLost(NOON.plusSeconds(61), "generator-service"))
        .extracting(failure -> failure.jobId().toString())
        .containsExactly("c/attack/a/4");
    assertThat(next.takeLost(NOON.plusSeconds(9999), "generator-service")).isEmpty();
    assertThat(next.inFlight()).containsEntry("c", 0);

    next.offer("c", images(8, 0));
    assertThat(ids(send(next, NOON))).startsWith("c/attack/a/8");
  }

  /** Cut, but no job of it was sent before the end: nothing but the reader knows of it. */
  @Test
  void aWindowOfWhichNoJobWasSentIsLostAndCounted() {
    ledger.offer("c", images(8, 0));
    List<Job> jobs = send(ledger, NOON);
    ledger.offer("c", images(6, 0));
    assertThat(ledger.held("c")).containsExactly(new Window(0, 8), new Window(1, 6));
    Ledger next = restarted(jobs, List.of());

    next.heldBefore("c", ledger.held("c"));
    next.heldBefore("c", ledger.held("c"));

    List<JobFailure.GivenUp> lost = next.takeLost(NOON.plusSeconds(1), "generator-service");
    assertThat(lost)
        .extracting(failure -> failure.jobId() + " " + failure.samples())
        .containsExactly("c/attack/a/8 4", "c/attack/b/8 4", "c/attack/a/12 2", "c/attack/b/12 2");
    assertThat(lost).extracting(JobFailure.GivenUp::window).containsOnly(new Window(1, 6));
    assertThat(next.takeLost(NOON.plusSeconds(2), "generator-service")).isEmpty();
    next.heldBefore("c", ledger.held("c"));
    assertThat(next.takeLost(NOON.plusSeconds(3), "generator-service")).isEmpty();
    next.offer("c", images(8, 0));
    assertThat(ids(send(next, NOON))).startsWith("c/attack/a/16");
  }

  /** Kafka has deleted the jobs; only answers tell that there were some. */
  @Test
  void jobsThatAreGoneFromTheTopicAreLostAndCounted() {
    ledger.offer("c", images(8, 0));
    List<Job> jobs = send(ledger, NOON);
    Ledger next = restarted(List.of(), jobs.subList(0, 2));

    next.heldBefore("c", ledger.held("c"));

    assertThat(next.takeLost(NOON.plusSeconds(1), "generator-service"))
        .extracting(failure -> failure.jobId().toString())
        .containsExactly("c/attack/a/4", "c/attack/b/4");
  }

  @Test
  void aWindowThatIsHeldOrWasAnsweredIsNoneThatWasHeldBefore() {
    ledger.offer("c", images(8, 0));
    ledger.heldBefore("c", List.of(new Window(0, 8)));
    assertThat(ledger.takeLost(NOON, "s")).isEmpty();
    List<Job> jobs = send(ledger, NOON);
    Ledger next = restarted(jobs, jobs);
    next.heldBefore("c", List.of(new Window(0, 8)));
    assertThat(next.takeLost(NOON.plusSeconds(9999), "s")).isEmpty();
    next.heldBefore("unknown", List.of(new Window(0, 8)));
  }

  @Test
  void aWindowThatWasAnsweredIsNotLost() {
    ledger.offer("c", images(8, 0));
    List<Job> jobs = send(ledger, NOON);
    assertThat(restarted(jobs, jobs).takeLost(NOON.plusSeconds(9999), "s")).isEmpty();
    assertThat(ledger.takeLost(NOON.plusSeconds(9999), "s")).isEmpty();
  }

  @Test
  void whatWouldChangeJobsIsRefused() {
    assertThatThrownBy(() -> ledger.apply(campaign(2, List.of(1, 1, 2), 4, null, "a")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("cannot change its batch size");
    assertThatThrownBy(() -> ledger.apply(campaign(4, List.of(1, 2, 1), 4, null, "a")))
        .hasMessageContaining("cannot change its generator or data");
    assertThatThrownBy(
            () ->
                new Ledger(Path.of("."), new KeptReports())
                    .apply(campaign(8, List.of(3, 1024, 1024), 4, null, "a")))
        .hasMessageContaining("fit a message");
  }
}
