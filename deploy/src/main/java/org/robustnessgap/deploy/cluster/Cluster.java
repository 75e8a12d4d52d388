package org.robustnessgap.deploy.cluster;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A broker and all services, each a child process that is started again when it dies. */
public final class Cluster implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Supervised broker;
  private final List<Supervised> services = new ArrayList<>();

  /**
   * @param data where the broker keeps its data
   * @param kafkaPort where it listens
   * @param port of the aggregator's page and metrics; the other services take free ones
   * @param workers number of attack-workers, at least 1
   * @param reports where starts and deaths are told
   */
  public Cluster(Path data, int kafkaPort, int port, int workers, PrintStream reports) {
    broker =
        supervised(
            "broker",
            LauncherProcess.LIGHT,
            List.of("broker", "--port", Integer.toString(kafkaPort), "--data", data.toString()),
            reports);
    String kafka = "127.0.0.1:" + kafkaPort;
    services.add(service("aggregator", "aggregator", LauncherProcess.LIGHT, kafka, port, reports));
    services.add(
        service("bound-service", "bound-service", LauncherProcess.LIGHT, kafka, 0, reports));
    for (int i = 1; i <= workers; i++) {
      services.add(service("attack-worker", "attack-worker-" + i, List.of(), kafka, 0, reports));
    }
    services.add(
        service(
            "generator-service", "generator-service", LauncherProcess.LIGHT, kafka, 0, reports));
  }

  private static Supervised service(
      String service,
      String name,
      List<String> jvmFlags,
      String kafka,
      int port,
      PrintStream reports) {
    return supervised(
        name,
        jvmFlags,
        List.of(service, "--kafka", kafka, "--port", Integer.toString(port)),
        reports);
  }

  private static Supervised supervised(
      String name, List<String> jvmFlags, List<String> arguments, PrintStream reports) {
    return new Supervised(name, () -> LauncherProcess.start(jvmFlags, arguments), reports, PAUSE);
  }

  public void start() {
    broker.start();
    services.forEach(Supervised::start);
  }

  /** Ends all services at once, then the broker. */
  @Override
  public void close() {
    services.parallelStream().forEach(Supervised::close);
    broker.close();
  }
}
