package org.robustnessgap.generator;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.generator.registry.RegistryOptions;
import org.robustnessgap.generator.traffic.TrafficFolder;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.service.CommandLines;
import org.robustnessgap.service.ServiceCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The generator service as a process. */
@Command(
    name = GeneratorService.NAME,
    mixinStandardHelpOptions = true,
    description = {
      "Draws or reads the samples of every campaign and sends them to the workers as jobs.",
      "They are latent vectors, images of files, or live traffic.",
      "Keeps no state of its own: after a restart it learns from the topics where it stopped."
    },
    footer = {
      "%nExamples:",
      "  generator-service --kafka kafka-1:9092,kafka-2:9092",
      "  generator-service --kafka kafka:9093 --kafka-config tls.properties --port 8081",
      "  generator-service --kafka kafka-1:9092 --images /mnt/images"
    })
public final class GeneratorService extends ServiceCommand {
  /** The service's name, for its configuration and its thread. */
  public static final String NAME = "generator-service";

  @Option(
      names = "--images",
      paramLabel = "FOLDER",
      defaultValue = ".",
      description =
          "Holds the images of campaigns without a generator: relative locations begin there, and none outside of it are read (default: the current folder).")
  private Path images;

  @Option(
      names = "--traffic-properties",
      paramLabel = "FOLDER",
      description =
          "Holds files of Kafka properties, one for each other cluster whose topics campaigns of live traffic read: bootstrap.servers, TLS, SASL. A campaign names the file alone (default: none).")
  private @Nullable Path trafficProperties;

  @Option(
      names = "--jobs-retention",
      paramLabel = "DURATION",
      description =
          "How long the topic latent-samples keeps jobs, with the images in them, as ISO 8601 writes it, for instance PT2H: longer than the job timeouts of all campaigns, or jobs are sent again needlessly (default: what the topic is set to).")
  private @Nullable Duration jobsRetention;

  @Option(
      names = "--webhook-secret",
      paramLabel = "FILE",
      description =
          "Holds the secret of a webhook of MLflow that delivers to /webhooks/mlflow of this service: its events make it read the registry at once, which it does every minute anyway (default: none are taken).")
  private @Nullable Path webhookSecret;

  @Override
  protected Collection<Topic> reads() {
    return GeneratorBody.reads();
  }

  @Override
  protected Collection<Topic> writes() {
    return List.of(Topic.LATENT_SAMPLES, Topic.CAMPAIGNS, Topic.JOB_FAILURES);
  }

  @Override
  protected String service() {
    return NAME;
  }

  @Override
  protected Object[] beans() {
    return new Object[] {
      new ImageFolder(images),
      new TrafficFolder(trafficProperties),
      new JobsRetention(jobsRetention),
      new RegistryOptions(webhookSecret)
    };
  }

  public static void main(String[] arguments) {
    System.exit(CommandLines.execute(new GeneratorService(), arguments));
  }
}
