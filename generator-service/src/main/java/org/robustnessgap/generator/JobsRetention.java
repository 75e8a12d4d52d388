package org.robustnessgap.generator;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.service.kafka.KafkaClients;
import org.robustnessgap.service.kafka.Topics;

/**
 * How long Kafka keeps jobs, and the images in them. A job that is gone before a worker took it is
 * sent again after its timeout, as any that is not answered.
 *
 * @param duration at least a minute; null to leave the topic as it is
 */
public record JobsRetention(@Nullable Duration duration) {
  private static final Duration LEAST = Duration.ofMinutes(1);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  public JobsRetention {
    if (duration != null && duration.compareTo(LEAST) < 0) {
      throw new InvalidInputException(
          "--jobs-retention is " + duration + " but must be at least " + LEAST + ".");
    }
  }

  void apply(KafkaClients clients) {
    if (duration != null) {
      Topics.retain(clients, Topic.LATENT_SAMPLES, duration, PATIENCE);
    }
  }
}
