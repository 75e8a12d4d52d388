package org.robustnessgap.aggregator;

import java.util.Collection;
import java.util.stream.Stream;
import org.robustnessgap.campaign.fold.Folds;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.service.CommandLines;
import org.robustnessgap.service.ServiceCommand;
import picocli.CommandLine.Command;

/** The aggregator as a process of its own. */
@Command(
    name = AggregatorService.NAME,
    mixinStandardHelpOptions = true,
    description = {
      "Compares measured robustness with its theoretical limit.",
      "Serves metrics (/metrics), a page (/) and its data (/api/gaps). Resumes exactly where it",
      "stopped. One instance works; further ones stand by."
    },
    footer = {
      "%nExamples:",
      "  aggregator",
      "  aggregator --kafka broker-1:9092,broker-2:9092 --port 9100",
      "  aggregator --kafka broker:9093 --kafka-config tls.properties"
    })
public final class AggregatorService extends ServiceCommand {
  /** The service's name: in its configuration, its consumer group and its transactional id. */
  public static final String NAME = "aggregator";

  @Override
  protected Collection<Topic> reads() {
    return Stream.concat(Folds.reads().stream(), Stream.of(Topic.AGGREGATOR_STATE)).toList();
  }

  @Override
  protected Collection<Topic> writes() {
    return Stream.concat(
            Folds.writes().stream(), Stream.of(Topic.AGGREGATOR_STATE, Topic.JOB_FAILURES))
        .toList();
  }

  @Override
  protected String service() {
    return NAME;
  }

  public static void main(String[] arguments) {
    System.exit(CommandLines.execute(new AggregatorService(), arguments));
  }
}
