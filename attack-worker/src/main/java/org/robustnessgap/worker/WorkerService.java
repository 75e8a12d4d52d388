package org.robustnessgap.worker;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.service.CommandLines;
import org.robustnessgap.service.ServiceCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code attack-worker}. */
@Command(
    name = WorkerService.NAME,
    mixinStandardHelpOptions = true,
    description = {
      "Finds the smallest perturbations that change a classifier's label.",
      "Takes its jobs as a member of share group attack-workers: start as many workers as you like."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  attack-worker --kafka localhost:9092 --port 8082",
      "  attack-worker --kafka broker:9093 --kafka-config tls.properties --models /mnt/models",
      "  attack-worker --kafka broker:9092 --device cuda:1 --device-memory 8g",
      "  curl localhost:8082/metrics"
    })
public final class WorkerService extends ServiceCommand {
  /** The service's name in property {@code robustness.service}. */
  public static final String NAME = "attack-worker";

  @Option(
      names = "--models",
      paramLabel = "FOLDER",
      defaultValue = ".",
      description = "Where relative locations of models begin (default: the current folder).")
  private Path models;

  @Mixin private EngineOptions engine;

  public static void main(String[] arguments) {
    System.exit(CommandLines.execute(new WorkerService(), arguments));
  }

  @Override
  protected Collection<Topic> reads() {
    return List.of(Topic.LATENT_SAMPLES);
  }

  @Override
  protected Collection<Topic> writes() {
    return Stream.concat(JobKind.ALL.stream().map(JobKind::answers), Stream.of(Topic.JOB_FAILURES))
        .toList();
  }

  @Override
  protected String service() {
    return NAME;
  }

  @Override
  protected Object[] beans() {
    return new Object[] {new WorkerOptions(models, engine.settings())};
  }
}
