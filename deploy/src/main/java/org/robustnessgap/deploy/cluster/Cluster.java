package org.robustnessgap.deploy.cluster;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.robustnessgap.aggregator.AggregatorService;
import org.robustnessgap.bound.BoundService;
import org.robustnessgap.generator.GeneratorService;
import org.robustnessgap.worker.WorkerService;

/** A broker and all services, each a child process that is started again when it dies. */
public final class Cluster implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration BROKER_PATIENCE = Duration.ofMinutes(1);
  private static final Duration POLL = Duration.ofMillis(100);

  private final int kafkaPort;
  private final PrintStream reports;
  private final Supervised broker;
  private final List<Supervised> services = new ArrayList<>();

  /**
   * @param data where the broker keeps its data
   * @param kafkaPort where it listens
   * @param port of the aggregator's page and metrics; the other services take free ones
   * @param workers number of attack-workers, at least 1
   * @param workerArguments further options of each worker: its engine, where its models lie
   * @param generatorArguments further options of the generator service: its folders
   * @param reports where starts and deaths are told
   */
  public Cluster(
      Path data,
      int kafkaPort,
      int port,
      int workers,
      List<String> workerArguments,
      List<String> generatorArguments,
      PrintStream reports) {
    this.kafkaPort = kafkaPort;
    this.reports = reports;
    this.broker =
        supervised(
            "broker",
            LauncherProcess.LIGHT,
            List.of("broker", "--port", Integer.toString(kafkaPort), "--data", data.toString()));
    services.add(light(AggregatorService.NAME, port));
    services.add(light(BoundService.NAME, 0));
    for (int i = 1; i <= workers; i++) {
      List<String> arguments = new ArrayList<>(arguments(WorkerService.NAME, 0));
      arguments.addAll(workerArguments);
      services.add(supervised(WorkerService.NAME + "-" + i, List.of(), arguments));
    }
    List<String> generator = new ArrayList<>(arguments(GeneratorService.NAME, 0));
    generator.addAll(generatorArguments);
    services.add(supervised(GeneratorService.NAME, LauncherProcess.LIGHT, generator));
  }

  private Supervised light(String service, int port) {
    return supervised(service, LauncherProcess.LIGHT, arguments(service, port));
  }

  private List<String> arguments(String service, int port) {
    return List.of(service, "--kafka", HOST + ":" + kafkaPort, "--port", Integer.toString(port));
  }

  private Supervised supervised(String name, List<String> jvmFlags, List<String> arguments) {
    return new Supervised(name, () -> LauncherProcess.start(jvmFlags, arguments), reports, PAUSE);
  }

  /**
   * Starts the broker, and the services as soon as it answers, or in a minute: they give up if it
   * does not.
   */
  public void start() throws InterruptedException {
    broker.start();
    long until = System.nanoTime() + BROKER_PATIENCE.toNanos();
    while (!answers() && System.nanoTime() < until) {
      Thread.sleep(POLL.toMillis());
    }
    services.forEach(Supervised::start);
  }

  private boolean answers() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(HOST, kafkaPort), (int) PAUSE.toMillis());
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Ends all services at once, then the broker. */
  @Override
  public void close() {
    services.parallelStream().forEach(Supervised::close);
    broker.close();
  }
}
