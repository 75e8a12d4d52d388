package org.robustnessgap.aggregator.service;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.util.List;
import java.util.Map;
import org.robustnessgap.campaign.fold.Event;
import org.robustnessgap.campaign.fold.Made;
import org.robustnessgap.campaign.fold.State;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.PairId;
import org.robustnessgap.messages.StreamId;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.messages.Window;
import org.robustnessgap.service.kafka.KafkaClients;
import org.robustnessgap.service.kafka.KafkaSettings;

/** The page over made-up results, without Kafka: {@code main} keeps it up to be looked at. */
final class PageHarness implements AutoCloseable {
  private final ApplicationContext context;
  private final EmbeddedServer server;

  PageHarness(int port) {
    context =
        ApplicationContext.builder()
            .deduceEnvironment(false)
            .banner(false)
            .properties(Map.of("robustness.service", "aggregator", "micronaut.server.port", port))
            .singletons(new KafkaClients(new KafkaSettings("localhost:1")))
            .start();
    server = context.getBean(EmbeddedServer.class).start();
  }

  String url(String path) {
    return server.getURL() + path;
  }

  void show(State state) {
    context.getBean(LatestSnapshot.class).update(snapshot -> snapshot.with(state));
  }

  @Override
  public void close() {
    context.close();
  }

  /** A campaign half done, with something of everything that can go wrong. */
  static State halfDone() {
    Window window = new Window(0, 512);
    Map<String, Double> scales =
        Map.of("lenet", 1.0, "vgg", 0.55, "wrn-16-4", 0.5, "wrn-16-4-adversarial", 0.75);
    State state = State.empty();
    for (String name : scales.keySet()) {
      StreamId stream = new StreamId("cifar10-dcgan", name);
      long jobs = name.equals("lenet") ? 128 : 60 + name.length();
      for (long job = 0; job < jobs; job++) {
        long ordinal = job * Made.BATCH;
        long at = 1_795_000_000_000L + job * 400;
        state =
            state.apply(
                new Event.Answered(Made.result(stream, window, ordinal, scales.get(name)), at));
      }
      for (long job = jobs; job < Math.min(128, jobs + 8); job++) {
        state = state.apply(Made.generated(stream, window, job * Made.BATCH));
      }
      state = state.apply(new Event.LimitsChanged(Made.limits(stream), 1));
    }
    for (String first : scales.keySet()) {
      for (String second : scales.keySet()) {
        if (first.compareTo(second) < 0) {
          PairId pair = new PairId("cifar10-dcgan", first, second);
          state =
              state
                  .apply(new Event.Answered(Made.result(pair, 0, scales.get(first)), 1))
                  .apply(Made.generated(pair, Made.BATCH))
                  .apply(new Event.LimitsChanged(Made.limits(pair, List.of(0.05, 0.25, 0.5)), 1));
        }
      }
    }
    return state;
  }

  static State withTrouble() {
    StreamId stream = new StreamId("cifar10-dcgan", "vgg");
    Window window = new Window(0, 512);
    State state = halfDone();
    for (int i = 0; i < 12; i++) {
      StreamId weak = new StreamId("mnist", "mlp");
      state =
          state.apply(
              new Event.Answered(
                  Made.result(weak, new Window(2, 48), i * Made.BATCH + 96, 9),
                  1_795_000_000_000L + i * 9000));
      state = state.apply(new Event.LimitsChanged(Made.limits(weak), 1));
    }
    JobId smoothness = new JobId("cifar10-dcgan", JobKind.SMOOTHNESS, "dcgan", 64);
    return state
        .apply(new Event.Answered(Made.result(stream, window, 0, 2), 1_795_000_070_000L))
        .apply(Made.givenUp(stream, window, 500))
        .apply(
            new Event.GivenUp(
                new JobFailure.GivenUp(
                    smoothness, null, 64, 5, "w", "<b>Out of memory</b> & more."),
                1_795_000_080_000L))
        .apply(
            new Event.DeadLetter(
                new JobFailure.Refused(
                    "attack-results", 0, 17, "This is no JSON: <script>alert(1)</script>", "{"),
                1_795_000_090_000L))
        .apply(new Event.Unreadable(Topic.ATTACK_RESULTS));
  }

  /** One classifier has results, but no limit; the other has none. */
  static State waiting() {
    return State.empty()
        .apply(Made.generated(new StreamId("c", "vgg"), new Window(0, 512), 0))
        .apply(Made.measured(new StreamId("c", "lenet"), new Window(0, 512), 0));
  }

  /** Arguments: port, and which state: empty, waiting, half or trouble. */
  public static void main(String[] arguments) throws InterruptedException {
    PageHarness harness = new PageHarness(Integer.parseInt(arguments[0]));
    switch (arguments[1]) {
      case "half" -> harness.show(halfDone());
      case "trouble" -> harness.show(withTrouble());
      case "waiting" -> harness.show(waiting());
      default -> harness.show(State.empty());
    }
    Thread.sleep(Long.MAX_VALUE);
  }
}
