package org.robustnessgap.bound;

import java.util.Collection;
import java.util.stream.Stream;
import org.robustnessgap.campaign.evidence.LimitEvidence;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.service.CommandLines;
import org.robustnessgap.service.ServiceCommand;
import picocli.CommandLine.Command;

/** The command {@code bound-service}. */
@Command(
    name = BoundService.NAME,
    mixinStandardHelpOptions = true,
    description = {"Computes how robust any classifier could be on the data of each campaign."},
    footerHeading = "%nExamples:%n",
    footer = {
      "  bound-service --kafka localhost:9092 --port 8083",
      "  bound-service --kafka broker:9093 --kafka-config tls.properties",
      "  curl localhost:8083/metrics"
    })
public final class BoundService extends ServiceCommand {
  /** The service's name in property {@code robustness.service}. */
  public static final String NAME = "bound-service";

  public static void main(String[] arguments) {
    System.exit(CommandLines.execute(new BoundService(), arguments));
  }

  @Override
  protected Collection<Topic> reads() {
    return BoundBody.reads();
  }

  @Override
  protected Collection<Topic> writes() {
    return Stream.concat(
            LimitEvidence.kinds().stream().flatMap(kind -> kind.limits().stream()),
            Stream.of(Topic.JOB_FAILURES))
        .toList();
  }

  @Override
  protected String service() {
    return NAME;
  }
}
