package org.robustnessgap.generator.traffic;

import java.nio.file.Path;
import org.apache.kafka.clients.consumer.Consumer;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.TrafficTopic;
import org.robustnessgap.service.kafka.KafkaClients;
import org.robustnessgap.service.kafka.KafkaSettings;

/** Makes consumers for topics of live traffic. */
@FunctionalInterface
public interface TrafficConsumers {
  /** What the names of consumer groups begin with; the campaign's id follows. */
  String GROUP = "robustness-gap-";

  /**
   * A consumer on the cluster of a topic, of a group of the campaign's own, that begins at the end
   * of what is there.
   *
   * @throws RuntimeException if none can be made
   */
  Consumer<byte[], byte[]> open(String campaign, TrafficTopic topic);

  /**
   * By the network.
   *
   * @param own cluster of the services
   * @param properties folder of files of properties, of which campaigns name one; null if there is
   *     none
   */
  static TrafficConsumers of(KafkaSettings own, @Nullable Path properties) {
    TrafficClusters clusters = new TrafficClusters(own, properties);
    return (campaign, topic) ->
        new KafkaClients(clusters.of(topic))
            .foreignConsumer(GROUP + campaign, recordsAtOnce(topic.rate()));
  }

  /** Those of a fifth of a second, so that a limit is kept evenly. */
  private static int recordsAtOnce(double rate) {
    return (int) Math.max(1, Math.min(500, rate / 5));
  }
}
