package org.robustnessgap.deploy.local;

import java.util.List;
import org.robustnessgap.messages.kafka.KafkaSettings;
import org.robustnessgap.messages.service.RunningService;

/** The services by name, each with its defaults. */
public final class Services {
  public static final String AGGREGATOR = "aggregator";
  public static final String WORKER = "attack-worker";

  /** In the order in which they start. */
  public static final List<String> NAMES =
      List.of(AGGREGATOR, "bound-service", WORKER, "generator-service");

  private Services() {}

  /** Starts one in this JVM. */
  public static RunningService start(String service, KafkaSettings kafka, int port) {
    return RunningService.start(service, kafka, port);
  }
}
