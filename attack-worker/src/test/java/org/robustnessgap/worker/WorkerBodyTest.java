package org.robustnessgap.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.robustnessgap.campaign.run.JobRunner;
import org.robustnessgap.campaign.run.ModelCache;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.GeneratorReference;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.Json;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.SmoothnessPlan;
import org.robustnessgap.messages.SmoothnessResult;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.messages.TransferPlan;
import org.robustnessgap.messages.TransferResult;
import org.robustnessgap.messages.Window;

/** What becomes of a job, against a share group in memory. */
@Timeout(60) // A body that waits for ever fails instead of blocking the build.
class WorkerBodyTest extends WorkerBench {
  private static final LatentBatch LATENTS = new LatentBatch(0, 2, new float[] {3, 1, 1, 2});

  private static Job attack(String classifierFile) {
    return new Job.Attack(
        new JobId("nightly", JobKind.ATTACK, "f", 0),
        new GeneratorReference("g", "g.onnx", 2),
        new ModelReference("f", classifierFile),
        new Window(4, 100),
        AttackPlan.standard(),
        LATENTS);
  }

  private static byte[] attackJob() {
    return Json.write(attack("f.onnx"));
  }

  @Test
  void anAttackIsAnsweredAndThenAccepted() throws Exception {
    deliver(attackJob(), 1);
    stepUntil("ACCEPT 0");

    AttackResult result = published(Topic.ATTACK_RESULTS, AttackResult.class);
    assertThat(result.jobId()).isEqualTo(attack("f.onnx").id());
    assertThat(result.window()).isEqualTo(new Window(4, 100));
    assertThat(result.classes()).isEqualTo(2);
    assertThat(result.latentDimension()).isEqualTo(2);
    assertThat(result.worker()).isEqualTo("worker-1");
    assertThat(result.engine()).isEqualTo("hooked");
    assertThat(result.samples()).hasSize(2);
    assertThat(log.history().get(0).key()).isEqualTo("nightly/f");
    assertThat(events).endsWith("publish attack-results", "ACCEPT 0");
    assertThat(ended("answered")).isEqualTo(1);
  }

  @Test
  void aSmoothnessJobIsAnsweredAndThenAccepted() throws Exception {
    deliver(
        Json.write(
            new Job.Smoothness(
                new JobId("nightly", JobKind.SMOOTHNESS, "g", 0),
                new GeneratorReference("g", "g.onnx", 2),
                new SmoothnessPlan(List.of(0.5, 2.0), 2, 1, 2, 2),
                LATENTS)),
        1);
    stepUntil("ACCEPT 0");

    SmoothnessResult result = published(Topic.SMOOTHNESS_RESULTS, SmoothnessResult.class);
    assertThat(result.samples().get(1).displacements().get(1)).isBetween(1.999, 2.001);
    assertThat(result.lipschitz().constant()).as("the first job asks").isBetween(0.999, 1.001);
    assertThat(log.history().get(0).key()).isEqualTo("nightly");
    assertThat(events).endsWith("publish smoothness-results", "ACCEPT 0");
  }

  @Test
  void aTransferJobIsAnsweredAndThenAccepted() throws Exception {
    deliver(Json.write(transfer("h.onnx")), 1);
    stepUntil("ACCEPT 0");

    TransferResult result = published(Topic.TRANSFER_RESULTS, TransferResult.class);
    assertThat(result.classes()).isEqualTo(2);
    assertThat(result.latentDimension()).isEqualTo(2);
    assertThat(result.samples()).hasSize(2);
    assertThat(log.history().get(0).key()).isEqualTo("nightly/f~h");
    assertThat(events).endsWith("publish transfer-results", "ACCEPT 0");
  }

  @Test
  void aTransferJobOfDifferentClassesIsGivenUp() throws Exception {
    deliver(Json.write(transfer("three.onnx")), 1);
    stepUntil("REJECT 0");

    JobFailure.GivenUp failure =
        (JobFailure.GivenUp) published(Topic.JOB_FAILURES, JobFailure.class);
    assertThat(failure.jobId().pair().second()).isEqualTo("h");
    assertThat(failure.window()).isNull();
    assertThat(failure.reason()).contains("tell 2 and 3 classes");
  }

  private static Job.Transfer transfer(String second) {
    return new Job.Transfer(
        new JobId("nightly", JobKind.TRANSFER, "f~h", 0),
        new GeneratorReference("g", "g.onnx", 2),
        new ModelReference("f", "f.onnx"),
        new ModelReference("h", second),
        TransferPlan.standard(2),
        LATENTS);
  }

  @Test
  void nothingIsAcceptedBeforeItsAnswerIsStored() throws Exception {
    MockProducer<String, byte[]> slow =
        new MockProducer<>(false, null, new StringSerializer(), new ByteArraySerializer());
    body.close();
    ShareGroup other = new ShareGroup();
    body =
        new WorkerBody(
            other,
            slow,
            new JobRunner("worker-2", new ModelCache(folder, engine)),
            new WorkerMetrics(new PrometheusRegistry()));
    other.addRecord(delivery(0, attackJob(), 1));
    Thread polling =
        new Thread(
            () -> {
              try {
                stepUntil("ACCEPT 0");
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    polling.start();
    while (slow.history().isEmpty() && polling.isAlive()) {
      Thread.onSpinWait();
    }
    while (polling.isAlive() && polling.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }

    assertThat(events).doesNotContain("ACCEPT 0");
    assertThat(slow.completeNext()).isTrue();
    polling.join();
    assertThat(events).contains("ACCEPT 0");
  }

  @Test
  void aMalformedRecordIsRefusedAndThenRejected() throws Exception {
    deliver("{\"kind\":\"attack\"".getBytes(), 1);
    body.step();

    JobFailure.Refused refused =
        (JobFailure.Refused) published(Topic.JOB_FAILURES, JobFailure.class);
    assertThat(refused.topic()).isEqualTo(JOBS);
    assertThat(refused.offset()).isZero();
    assertThat(refused.excerpt()).startsWith("{\"kind\"");
    assertThat(events).containsExactly("publish job-failures", "REJECT 0");
    assertThat(ended("refused")).isEqualTo(1);
  }

  @Test
  void aJobThatNoWorkerCanDoIsGivenUpAndThenRejected() throws Exception {
    deliver(Json.write(attack("absent.onnx")), 1);
    stepUntil("REJECT 0");

    JobFailure.GivenUp failure =
        (JobFailure.GivenUp) published(Topic.JOB_FAILURES, JobFailure.class);
    assertThat(failure.jobId()).isEqualTo(attack("f.onnx").id());
    assertThat(failure.window()).isEqualTo(new Window(4, 100));
    assertThat(failure.samples()).isEqualTo(2);
    assertThat(failure.deliveries()).isEqualTo(1);
    assertThat(failure.worker()).isEqualTo("worker-1");
    assertThat(failure.reason()).contains("absent.onnx").doesNotContain("\n");
    assertThat(events).endsWith("publish job-failures", "REJECT 0");
    assertThat(ended("given_up")).isEqualTo(1);
  }

  @Test
  void aJobWhoseServerDoesNotAnswerIsPutOffAndMakesRoom() throws Exception {
    deliver(
        Json.write(
            new Job.Attack(
                attack("f.onnx").id(),
                new GeneratorReference("g", "g.onnx", 2),
                new ModelReference("f", "oip+http://down/v2/models/f"),
                new Window(4, 100),
                AttackPlan.standard(),
                LATENTS)),
        1);
    stepUntil("ACCEPT 0");

    JobFailure.PutOff failure = (JobFailure.PutOff) published(Topic.JOB_FAILURES, JobFailure.class);
    assertThat(failure.jobId()).isEqualTo(attack("f.onnx").id());
    assertThat(failure.seconds()).isEqualTo(7);
    assertThat(failure.reason()).isEqualTo("down");
    assertThat(events).endsWith("publish job-failures", "ACCEPT 0");
    assertThat(ended("put_off")).isEqualTo(1);
  }

  @Test
  void anUnexpectedFailureIsTriedAgainAndGivenUpAtTheThirdTime() throws Exception {
    engine.hook =
        () -> {
          throw new IllegalStateException("boom");
        };
    deliver(attackJob(), 1);
    stepUntil("REJECT 0");

    assertThat(events.stream().filter(event -> !event.startsWith("RENEW")))
        .containsExactly("RELEASE 0", "RELEASE 0", "publish job-failures", "REJECT 0");
    JobFailure.GivenUp failure =
        (JobFailure.GivenUp) published(Topic.JOB_FAILURES, JobFailure.class);
    assertThat(failure.deliveries()).isEqualTo(3);
    assertThat(failure.reason()).contains("boom");
    assertThat(ended("released")).isEqualTo(2);
  }

  @Test
  void anUnexpectedFailureThatPassesIsForgotten() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    engine.hook =
        () -> {
          if (runs.getAndIncrement() == 0) {
            throw new IllegalStateException("boom");
          }
        };
    deliver(attackJob(), 1);
    stepUntil("ACCEPT 0");

    assertThat(events).contains("RELEASE 0");
    assertThat(published(Topic.ATTACK_RESULTS, AttackResult.class).samples()).hasSize(2);
  }

  @Test
  void aJobThatEndedNineWorkersIsNotTriedAgain() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    engine.hook = runs::incrementAndGet;
    deliver(attackJob(), 10);
    body.step();

    JobFailure.GivenUp failure =
        (JobFailure.GivenUp) published(Topic.JOB_FAILURES, JobFailure.class);
    assertThat(failure.deliveries()).isEqualTo(10);
    assertThat(events).containsExactly("publish job-failures", "REJECT 0");
    assertThat(runs).hasValue(0);
  }

  @Test
  void locksAreRenewedWhileAJobRuns() throws Exception {
    CountDownLatch ready = new CountDownLatch(1);
    engine.hook = () -> await(ready);
    deliver(attackJob(), 1);
    for (int round = 0; round < 3; round++) {
      body.step();
    }

    assertThat(events).containsExactly("RENEW 0", "RENEW 0", "RENEW 0");
    ready.countDown();
    stepUntil("ACCEPT 0");
    // It was renewed, not started anew.
    assertThat(published(Topic.ATTACK_RESULTS, AttackResult.class).samples()).hasSize(2);
  }

  @Test
  void aJobThatIsLostIsCancelledAndMakesRoom() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    engine.hook = () -> untilCancelled(running, cancelled);
    deliver(attackJob(), 1);
    stepUntilBegun(running);
    group.again.clear();
    body.step();

    cancelled.await();
    engine.hook = () -> {};
    deliver(attackJob(), 1);
    stepUntil("ACCEPT 1");
    assertThat(events).doesNotContain("ACCEPT 0");
  }

  @Test
  void anAnswerThatIsNotStoredIsNotAccepted() throws Exception {
    log.sendException = new KafkaException("no broker");
    deliver(attackJob(), 1);
    KafkaException thrown = null;
    for (int round = 0; round < ENOUGH_ROUNDS && thrown == null; round++) {
      try {
        body.step();
      } catch (KafkaException e) {
        thrown = e;
      }
    }

    // The service loop makes a new body, and the group delivers the job again.
    assertThat(thrown).hasMessage("no broker");
    assertThat(events).doesNotContain("ACCEPT 0");
  }

  @Test
  void anAcknowledgementThatIsNotTakenDropsTheJob() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    engine.hook = () -> untilCancelled(running, cancelled);
    deliver(attackJob(), 1);
    stepUntilBegun(running);
    group.commitsFail = true;
    body.step();

    cancelled.await();
    assertThat(events).containsOnly("RENEW 0");
  }

  @Test
  void readyAfterTheFirstPoll() throws Exception {
    assertThat(body.ready()).isFalse();
    body.step();
    assertThat(body.ready()).isTrue();
  }

  @Test
  void closingEndsARunningJobBeforeTheEngine() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    List<Boolean> closedUnderTheJob = Collections.synchronizedList(new ArrayList<>());
    engine.hook =
        () -> {
          try {
            running.countDown();
            await(never);
          } finally {
            closedUnderTheJob.add(engine.closed);
          }
        };
    deliver(attackJob(), 1);
    body.step();
    running.await();
    body.close();

    assertThat(closedUnderTheJob).containsExactly(false);
    assertThat(engine.closed).isTrue();
    assertThat(log.closed()).isTrue();
  }
}
