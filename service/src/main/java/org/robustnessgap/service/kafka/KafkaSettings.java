package org.robustnessgap.service.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.robustnessgap.messages.InvalidInputException;

/**
 * Where Kafka is, and everything else its clients should be told, so that TLS, SASL and tuning pass
 * through untouched.
 *
 * @param bootstrapServers {@code host:port[,host:port…]}
 * @param properties further properties of Kafka clients, for instance {@code security.protocol}
 */
public record KafkaSettings(String bootstrapServers, Map<String, String> properties) {
  public KafkaSettings {
    Objects.requireNonNull(bootstrapServers, "bootstrapServers is null");
    if (bootstrapServers.isBlank()) {
      throw new InvalidInputException("No Kafka address was given; pass --kafka host:port.");
    }
    properties = Map.copyOf(properties);
  }

  public KafkaSettings(String bootstrapServers) {
    this(bootstrapServers, Map.of());
  }

  /**
   * The properties of one client; later maps win: what the service needs overrides what the user
   * set.
   */
  Map<String, Object> with(Map<String, Object> required) {
    Map<String, Object> all = new HashMap<>(properties);
    all.put("bootstrap.servers", bootstrapServers);
    all.putAll(required);
    return all;
  }
}
