package org.robustnessgap.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.robustnessgap.attack.query.QueriedClassifier;
import org.robustnessgap.campaign.run.JobPutOffException;
import org.robustnessgap.campaign.run.JobRunner;
import org.robustnessgap.campaign.run.ModelCache;
import org.robustnessgap.campaign.run.ServedClassifiers;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.messages.Algorithm;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.Endpoint;
import org.robustnessgap.messages.GeneratorReference;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.Window;
import org.robustnessgap.onnx.TestGraph;
import org.robustnessgap.serving.ServedModels;
import org.robustnessgap.serving.call.Deadlines;
import org.robustnessgap.serving.fake.FakeHttpServer;
import org.robustnessgap.serving.fake.FakeHttpServer.Kind;
import org.robustnessgap.serving.fake.FakeModel;
import org.robustnessgap.serving.fake.FakeModel.Fault;
import org.robustnessgap.serving.fake.FakeTimer;

/** Jobs of a model whose server fails while they are done, and of a file beside it. */
final class ServedJobsTest {
  private static final int QUERIES = 60;
  private static final Deadlines SHORT =
      new Deadlines(Duration.ofSeconds(5), Duration.ofMillis(300));

  @TempDir Path folder;

  private final FakeTimer timer = new FakeTimer();
  private final AtomicLong computed = new AtomicLong();

  /** Two classes: which of two pixels is the larger. */
  private final FakeModel model = new FakeModel(List.of(2L), this::scores).version("1");

  private final FakeHttpServer server = new FakeHttpServer(Kind.TRITON, model);
  private JobRunner runner;

  /** From so many images on this goes wrong. */
  private volatile long failsAfter = Long.MAX_VALUE;

  private volatile Fault fails = Fault.NONE;

  private double[] scores(float[] image) {
    if (computed.incrementAndGet() == failsAfter) {
      model.failing(fails);
    }
    return new double[] {image[0], image[1]};
  }

  @BeforeEach
  void start() throws IOException {
    float[][] identity = {{1, 0}, {0, 1}};
    Files.write(folder.resolve("g.onnx"), TestGraph.linear("g", identity).toBytes());
    Files.write(folder.resolve("f.onnx"), TestGraph.linear("f", identity).toBytes());
    ServedModels served = new ServedModels(SHORT, timer);
    runner =
        new JobRunner(
            "worker-1",
            new ModelCache(
                folder,
                new OnnxRuntimeEngine(1),
                new ServedClassifiers() {
                  @Override
                  public QueriedClassifier open(ModelReference classifier, List<Long> image) {
                    return served.open(classifier, image, null);
                  }

                  @Override
                  public Registered fetch(String location) {
                    throw new InvalidInputException("There is no registry.");
                  }
                }));
  }

  @AfterEach
  void stop() {
    runner.close();
    server.close();
  }

  private Job job(ModelReference classifier, long ordinal) {
    return new Job.Attack(
        new JobId("c", JobKind.ATTACK, classifier.name(), ordinal),
        new GeneratorReference("g", "g.onnx", 2),
        classifier,
        new Window(0, 100),
        AttackPlan.of(List.of(Space.UNCONSTRAINED), new Algorithm.QueryDescent(QUERIES, null)),
        new LatentBatch(ordinal, 2, new float[] {0.75f, 0.25f, 0.1f, 0.8f}));
  }

  private Job served(long ordinal) {
    Endpoint endpoint =
        new Endpoint(
            null, null, null, null, null, null, QUERIES, null, null, null, null, null, null);
    return job(new ModelReference("digits", server.location(), null, null, endpoint), ordinal);
  }

  private AttackResult done(long ordinal) {
    return (AttackResult) runner.run(served(ordinal));
  }

  private void assertOthersGoOn() {
    AttackResult of = (AttackResult) runner.run(job(new ModelReference("f", "f.onnx"), 0));
    assertThat(of.samples()).hasSize(2);
  }

  private void failInMidJob(Fault fault) {
    fails = fault;
    failsAfter = computed.get() + 10;
  }

  private JobFailure.PutOff putOff(long ordinal) {
    Throwable thrown = catchThrowable(() -> runner.run(served(ordinal)));
    assertThat(thrown).isInstanceOf(JobPutOffException.class);
    return ((JobPutOffException) thrown).failure(served(ordinal), "worker-1");
  }

  private void recover() {
    fails = Fault.NONE;
    failsAfter = Long.MAX_VALUE;
    model.failing(Fault.NONE);
    timer.pass(60_000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DENIED | 0 | 401 'Unauthorized'; name a file that holds the headers it wants",
        "NOT_READY | 0 | is not ready yet",
        "TOO_MANY_REQUESTS | 0 | answered 429 and asks to be left alone for 7 s",
        "UNLOADED | 0 | whether it is loaded",
        "SLOW | 64 | did not answer within 0.3 s"
      })
  void whatMayPassPutsTheJobOffAndEveryQueryIsCountedOnce(Fault fault, long inVain, String reason) {
    long spent = done(0).queriesSpent();
    failInMidJob(fault);
    JobFailure.PutOff failure = putOff(2);
    assertThat(failure.reason()).contains(reason);
    assertThat(failure.seconds()).isPositive();
    spent += failure.queries();
    assertOthersGoOn();
    long before = computed.get();
    spent += putOff(2).queries();
    assertThat(computed.get()).as("a job that is tried in vain asks nothing").isEqualTo(before);
    recover();
    spent += done(2).queriesSpent();
    assertThat(spent)
        .as("what may have been computed without an answer counts, too")
        .isBetween(computed.get(), computed.get() + 2 * inVain);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "BOOM | ValueError : boom'; see its own log",
        "GARBAGE | gave an answer that is no JSON; see its own log",
        "WRONG_SHAPE | its first dimension must be theirs"
      })
  void whatDoesNotPassEndsTheJobWithTheReasonAndHardlyAsksAgain(Fault fault, String reason) {
    done(0);
    failInMidJob(fault);
    int before = server.requests().size();
    assertThat(catchThrowable(() -> runner.run(served(2))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(reason);
    int first = server.requests().size() - before;
    assertThat(catchThrowable(() -> runner.run(served(4))))
        .isInstanceOf(InvalidInputException.class);
    assertThat(server.requests().size() - before - first).isLessThanOrEqualTo(2);
    assertOthersGoOn();
    recover();
    long computedBefore = computed.get();
    assertThat(done(6).queriesSpent())
        .as("nothing of what was given up is counted again")
        .isEqualTo(computed.get() - computedBefore);
  }

  @Test
  void aServerThatDiesAndComesBackLosesNothing() {
    long spent = done(0).queriesSpent();
    server.goDown();
    JobFailure.PutOff failure = putOff(2);
    assertThat(failure.reason()).contains("nobody at 127.0.0.1:", "see whether it runs");
    assertThat(failure.queries()).isZero();
    assertOthersGoOn();
    server.comeUp();
    recover();
    spent += done(2).queriesSpent();
    assertThat(spent).isEqualTo(computed.get());
  }

  @Test
  void whatWasAskedWhileItWasOpenedInVainCountsToo() {
    failsAfter = 5;
    fails = Fault.NOT_READY;
    JobFailure.PutOff failure = putOff(0);
    assertThat(failure.queries()).isEqualTo(computed.get()).isPositive();
    recover();
    assertThat(failure.queries() + done(0).queriesSpent()).isEqualTo(computed.get());
  }

  /** The second sample's image, and none of those near the first. */
  @Test
  void anImageOfWhichNothingIsKnownFailsItsSampleAlone() {
    model.classifying(
        image -> {
          boolean second = Math.abs(image[0] - 0.1f) < 1e-3 && Math.abs(image[1] - 0.8f) < 1e-3;
          return new double[] {second ? Double.NaN : image[0], image[1]};
        });
    AttackResult result = done(0);
    assertThat(result.samples().get(0).spaces().get(Space.UNCONSTRAINED).distanceIfKnown())
        .isPresent();
    assertThat(result.samples().get(1).spaces().values())
        .allSatisfy(found -> assertThat(found.distanceIfKnown()).isEmpty());
  }
}
