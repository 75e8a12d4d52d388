package org.robustnessgap.deploy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.deploy.cluster.Cluster;
import org.robustnessgap.deploy.local.FreePort;
import org.robustnessgap.generator.ImageFolder;
import org.robustnessgap.generator.traffic.TrafficFolder;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.worker.EngineOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The whole system as processes of its own. */
@Command(
    name = "cluster",
    mixinStandardHelpOptions = true,
    description = {
      "Runs a broker and all services on this machine, each as a process of its own, until Ctrl-C.",
      "A process that dies is reported and started again. Hand campaigns in with apply;",
      "relative locations of models in them count from the folder of the repository or"
          + " distribution."
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  robustness-gap cluster --workers 2",
      "  robustness-gap apply deploy/campaigns/cifar10.json    (from another terminal)",
      "  robustness-gap cluster --images /mnt/images"
    })
final class ClusterCommand implements Callable<Integer> {
  @Option(
      names = "--workers",
      paramLabel = "N",
      defaultValue = "1",
      description = "Number of attack-workers (default: ${DEFAULT-VALUE}).")
  private int workers;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8080",
      description =
          "Port of the page and of the aggregator's /metrics (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--kafka-port",
      paramLabel = "PORT",
      defaultValue = "9092",
      description = "Port of the broker (default: ${DEFAULT-VALUE}).")
  private int kafkaPort;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "data/kafka",
      description =
          "Where the broker's data stay from one start to the next (default: ${DEFAULT-VALUE}).")
  private Path data;

  @Option(
      names = "--images",
      paramLabel = "FOLDER",
      description =
          "Holds the images of campaigns without a generator: relative locations begin there, and none outside of it are read (default: the folder of the repository or distribution).")
  private @Nullable Path images;

  @Option(
      names = "--traffic-properties",
      paramLabel = "FOLDER",
      description =
          "Holds files of Kafka properties, one for each other cluster whose topics campaigns of live traffic read; see generator-service (default: none).")
  private @Nullable Path trafficProperties;

  @Mixin private EngineOptions engine;

  @Override
  public Integer call() throws InterruptedException {
    if (workers < 1) {
      throw new InvalidInputException("A cluster needs at least 1 worker, not " + workers + ".");
    }
    if (kafkaPort < 1) {
      throw new InvalidInputException("--kafka-port must be at least 1; the services need it.");
    }
    FreePort.require(port, "--port");
    FreePort.require(kafkaPort, "--kafka-port");
    List<String> generatorArguments = generatorArguments();
    // Refuses what every worker would refuse again and again.
    engine.settings();
    List<String> workerArguments = new ArrayList<>(engine.arguments());
    workerArguments.addAll(List.of("--models", Home.path().toString()));
    Cluster cluster =
        new Cluster(
            data.toAbsolutePath(),
            kafkaPort,
            port,
            workers,
            workerArguments,
            generatorArguments,
            System.err);
    cluster.start();
    UntilStopped.run(cluster::close);
    return 0;
  }

  /** Refuses what the generator service would refuse again and again. */
  private List<String> generatorArguments() {
    Path imageFolder = new ImageFolder(images == null ? Home.path() : images).path();
    List<String> arguments =
        new ArrayList<>(List.of("--images", imageFolder.toAbsolutePath().toString()));
    Path properties = new TrafficFolder(trafficProperties).path();
    if (properties != null) {
      arguments.addAll(List.of("--traffic-properties", properties.toAbsolutePath().toString()));
    }
    return arguments;
  }
}
