package org.robustnessgap.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.messages.Endpoint;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.serving.call.Deadlines;
import org.robustnessgap.serving.fake.Endpoints;
import org.robustnessgap.serving.fake.FakeHttpServer;
import org.robustnessgap.serving.fake.FakeHttpServer.Kind;
import org.robustnessgap.serving.fake.FakeModel;
import org.robustnessgap.serving.fake.FakeTimer;

/** How many queries a second come of the jobs of two workers, in time that tests pass. */
final class RateOfWorkersTest {
  private static final List<Long> IMAGE = List.of(6L);
  private static final double RATE = 20;

  /** An image that came at a moment. */
  private record Sent(long nanos) {}

  /** One worker with a clock of its own, all of which begin at the same moment. */
  private static final class Worker implements AutoCloseable {
    private final FakeTimer timer = new FakeTimer();
    private final FakeModel model = FakeModel.thirds(IMAGE).version("1");
    private final FakeHttpServer server = new FakeHttpServer(Kind.TRITON, model);
    private final List<Sent> sent = new ArrayList<>();
    private final ServedClassifier classifier;

    Worker(int concurrency) {
      Endpoint endpoint =
          Endpoints.of(
              "{'batch': %d, 'queries_per_second': %s, 'concurrency': %d}",
              Probes.MOST, RATE, concurrency);
      model.classifying(
          image -> {
            synchronized (sent) {
              sent.add(new Sent(timer.nanos()));
            }
            return FakeModel.thirds(image, 1);
          });
      classifier =
          new ServedModels(Deadlines.STANDARD, timer)
              .classifier(
                  new ModelReference("digits", server.location(), null, null, endpoint),
                  IMAGE,
                  endpoint.queriesPerSecondOfJob());
      classifier.identity();
      synchronized (sent) {
        sent.clear();
      }
    }

    /** As a job does: who is it, questions with a little work between them, is it the same. */
    void job(int batches) {
      classifier.identity();
      for (int i = 0; i < batches; i++) {
        classifier.ask(Probes.of(Probes.MOST, 6, 0, 1));
        timer.pass(3);
      }
      classifier.identity();
    }

    List<Sent> sent() {
      synchronized (sent) {
        return List.copyOf(sent);
      }
    }

    @Override
    public void close() {
      classifier.close();
      server.close();
    }
  }

  /** Over each stretch of time that holds a fifth of them, and over all. */
  private static void assertKept(List<Sent> sent, double seconds) {
    double rate = sent.size() / seconds;
    assertThat(rate).isBetween(0.95 * RATE, 1.05 * RATE);
    List<Sent> sorted = sent.stream().sorted(Comparator.comparingLong(Sent::nanos)).toList();
    int stretch = sorted.size() / 5;
    for (int i = 0; i + stretch < sorted.size(); i++) {
      double took = (sorted.get(i + stretch).nanos() - sorted.get(i).nanos()) / 1e9;
      // Both ends may cut a batch of each.
      assertThat((stretch - 2 * Probes.MOST) / took).isLessThanOrEqualTo(1.05 * RATE);
    }
  }

  @Test
  void twoThatAskAtTheSameTimeShareIt() {
    try (Worker one = new Worker(2);
        Worker other = new Worker(2)) {
      long begun = one.timer.nanos();
      for (Worker worker : List.of(one, other)) {
        worker.job(20);
        worker.job(20);
      }
      List<Sent> all = new ArrayList<>(one.sent());
      all.addAll(other.sent());
      assertKept(all, (one.timer.nanos() - begun) / 1e9);
    }
  }

  /** Short jobs have little that a debt at their end could hide in. */
  @ParameterizedTest
  @ValueSource(ints = {1, 20})
  void twoOfWhomOneAtATimeAsksKeepItTogether(int batches) {
    try (Worker one = new Worker(1);
        Worker other = new Worker(1)) {
      Worker now = one;
      Worker next = other;
      long begun = Math.max(one.timer.nanos(), other.timer.nanos());
      for (int job = 0; job < 40; job++) {
        Worker before = now;
        now = next;
        next = before;
        long behind = Math.max(begun, before.timer.nanos()) - now.timer.nanos();
        now.timer.pass(Math.max(0, behind / 1_000_000 + 1));
        now.job(batches);
      }
      List<Sent> all = new ArrayList<>(one.sent());
      all.addAll(other.sent());
      assertKept(all, (now.timer.nanos() - begun) / 1e9);
    }
  }
}
