package org.robustnessgap.service;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.service.kafka.KafkaSettings;
import picocli.CommandLine.Option;

/** The options of every command that talks to Kafka. */
public final class KafkaOptions {
  @Option(
      names = "--kafka",
      paramLabel = "HOST:PORT",
      defaultValue = "${env:KAFKA_BOOTSTRAP_SERVERS:-localhost:9092}",
      description =
          "Kafka bootstrap servers (default: ${DEFAULT-VALUE}; environment KAFKA_BOOTSTRAP_SERVERS).")
  private String kafka;

  @Option(
      names = "--kafka-config",
      paramLabel = "FILE",
      description = "Properties file for every Kafka client: TLS, SASL, tuning.")
  private @Nullable Path kafkaConfig;

  @Option(
      names = "--kafka-property",
      paramLabel = "KEY=VALUE",
      description =
          "One property for every Kafka client; may be repeated, wins over --kafka-config.")
  private final Map<String, String> kafkaProperties = new LinkedHashMap<>();

  /**
   * @throws InvalidInputException if the properties file cannot be read
   */
  public KafkaSettings settings() {
    Map<String, String> all = new HashMap<>();
    if (kafkaConfig != null) {
      Properties file = new Properties();
      try (Reader reader = Files.newBufferedReader(kafkaConfig)) {
        file.load(reader);
      } catch (NoSuchFileException e) {
        throw new InvalidInputException(
            "There is no file " + kafkaConfig + " (--kafka-config).", e);
      } catch (IOException | IllegalArgumentException e) {
        throw new InvalidInputException(
            "Cannot read " + kafkaConfig + " (--kafka-config): " + e.getMessage(), e);
      }
      file.stringPropertyNames().forEach(key -> all.put(key, file.getProperty(key)));
    }
    all.putAll(kafkaProperties);
    return new KafkaSettings(kafka, all);
  }
}
