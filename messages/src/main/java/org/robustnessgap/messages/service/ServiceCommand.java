package org.robustnessgap.messages.service;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.kafka.KafkaSettings;
import picocli.CommandLine.Option;

/**
 * The command line that all services share; a service subclasses it, names itself and adds its own
 * options.
 */
public abstract class ServiceCommand implements Callable<Integer> {
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
  private Path kafkaConfig;

  @Option(
      names = "--kafka-property",
      paramLabel = "KEY=VALUE",
      description =
          "One property for every Kafka client; may be repeated, wins over --kafka-config.")
  private final Map<String, String> kafkaProperties = new LinkedHashMap<>();

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8080",
      description =
          "HTTP port of /metrics and /health (default: ${DEFAULT-VALUE}; 0 for any free one).")
  private int port;

  /** The service's name, as its package requires it. */
  protected abstract String service();

  /** Further singletons made from the service's own options. */
  protected Object[] beans() {
    return new Object[0];
  }

  /** Runs until the process is told to stop. */
  @Override
  public Integer call() throws InterruptedException {
    RunningService running = RunningService.start(service(), kafkaSettings(), port, beans());
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  running.close();
                  stopped.countDown();
                },
                "shutdown"));
    System.out.printf("%s runs; http://localhost:%d/metrics%n", service(), running.port());
    stopped.await();
    return 0;
  }

  private KafkaSettings kafkaSettings() {
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
