package org.robustnessgap.deploy;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.robustnessgap.deploy.broker.KraftBroker;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A broker as a process of its own. */
@Command(
    name = "broker",
    mixinStandardHelpOptions = true,
    description = {
      "Runs one Kafka broker on this machine, until Ctrl-C.",
      "It listens on 127.0.0.1 only, without authentication."
    },
    footerHeading = "%nExample:%n",
    footer = "  robustness-gap broker --port 9092 --data data/kafka")
final class BrokerCommand implements Callable<Integer> {
  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "9092",
      description = "Port for clients (default: ${DEFAULT-VALUE}; 0 for any free one).")
  private int port;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "data/kafka",
      description =
          "Where its data stay from one start to the next (default: ${DEFAULT-VALUE}, made if missing).")
  private Path data;

  @Override
  public Integer call() throws InterruptedException {
    KraftBroker broker = KraftBroker.start(data.toAbsolutePath(), port);
    System.out.printf(
        "broker runs; --kafka %s; its data are in %s%n",
        broker.settings().bootstrapServers(), data.toAbsolutePath());
    UntilStopped.run(broker::close);
    return 0;
  }
}
