package org.robustnessgap.deploy.local;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.aggregator.AggregatorService;
import org.robustnessgap.bound.BoundService;
import org.robustnessgap.deploy.broker.KraftBroker;
import org.robustnessgap.engine.EngineSettings;
import org.robustnessgap.generator.GeneratorService;
import org.robustnessgap.generator.ImageFolder;
import org.robustnessgap.service.RunningService;
import org.robustnessgap.service.kafka.KafkaClients;
import org.robustnessgap.worker.WorkerOptions;
import org.robustnessgap.worker.WorkerService;
import org.slf4j.LoggerFactory;

/**
 * The whole system in this JVM: a broker and one of each service, on a temporary directory that is
 * deleted at the end. May be closed by another thread, also while it starts.
 */
public final class LocalSystem implements AutoCloseable {
  private static final Duration SERVICES_PATIENCE = Duration.ofSeconds(6);
  private static final Duration BROKER_PATIENCE = Duration.ofSeconds(3);

  /** In the order in which they start: who answers before who asks. */
  private static final List<String> SERVICES =
      List.of(AggregatorService.NAME, BoundService.NAME, WorkerService.NAME, GeneratorService.NAME);

  /** What services are told besides, by their names. */
  private final Map<String, Object> options;

  private final Map<String, RunningService> services = new HashMap<>();
  private @Nullable Path data;
  private @Nullable KraftBroker broker;
  private boolean closed;

  /**
   * @param engine that runs the models
   */
  public LocalSystem(EngineSettings engine) {
    this(engine, Path.of("."));
  }

  /**
   * @param engine that runs the models
   * @param images folder of the images of campaigns
   */
  public LocalSystem(EngineSettings engine, Path images) {
    this.options =
        Map.of(
            WorkerService.NAME, new WorkerOptions(Path.of("."), engine),
            GeneratorService.NAME, new ImageFolder(images));
  }

  /**
   * @param port of the aggregator's page and metrics; 0 for any free one
   * @return false if the system was closed meanwhile
   * @throws org.robustnessgap.messages.InvalidInputException if the port is taken
   */
  public boolean start(int port) {
    startBroker();
    for (String service : SERVICES) {
      startService(service, service.equals(AggregatorService.NAME) ? port : 0);
    }
    return !isClosed();
  }

  private synchronized void startBroker() {
    if (closed) {
      return;
    }
    try {
      data = Files.createTempDirectory("robustness-gap-");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make a temporary directory", e);
    }
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logback) {
      // Of what each service tells when it runs alone, only what is wrong matters here.
      logback.getLogger("org.robustnessgap").setLevel(Level.WARN);
    }
    broker = KraftBroker.start(data.resolve("kafka"), 0);
  }

  private synchronized void startService(String service, int port) {
    if (!closed && broker != null) {
      Object[] beans = Stream.ofNullable(options.get(service)).toArray();
      services.put(service, RunningService.start(service, broker.settings(), port, beans));
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  /** The running service of this name; there is none before the start. */
  public synchronized RunningService service(String name) {
    return Optional.ofNullable(services.get(name)).orElseThrow();
  }

  /** All that run. */
  public synchronized List<RunningService> services() {
    return List.copyOf(services.values());
  }

  public synchronized KafkaClients clients() {
    return new KafkaClients(Optional.ofNullable(broker).orElseThrow().settings());
  }

  /** Ends the services, then the broker, and deletes the data; in ten seconds at most. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    closeWithin(SERVICES_PATIENCE, services.values());
    if (broker != null) {
      closeWithin(BROKER_PATIENCE, List.of(broker));
    }
    if (data != null) {
      delete(data);
    }
  }

  private static void closeWithin(Duration patience, Collection<? extends AutoCloseable> all) {
    var threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "close");
              thread.setDaemon(true);
              return thread;
            });
    all.forEach(
        one ->
            threads.submit(
                () -> {
                  one.close();
                  return null;
                }));
    threads.shutdown();
    try {
      threads.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void delete(Path directory) {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (NoSuchFileException e) {
      // Something else cleaned up first.
    } catch (IOException | UncheckedIOException e) {
      System.err.println("Could not delete " + directory + ": " + e);
    }
  }
}
