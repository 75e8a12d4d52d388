package org.robustnessgap.service;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.service.kafka.KafkaClients;
import org.robustnessgap.service.kafka.KafkaSettings;
import org.robustnessgap.service.kafka.Topics;

/** A service that runs in this JVM: its injected objects, its HTTP server, its loop. */
public final class RunningService implements AutoCloseable {
  private static final int LARGEST_PORT = 65_535;
  private static final Duration BROKER_PATIENCE = Duration.ofSeconds(15);

  private final ApplicationContext context;
  private final EmbeddedServer server;
  private final ServiceLoop loop;

  private RunningService(ApplicationContext context, EmbeddedServer server, ServiceLoop loop) {
    this.context = context;
    this.server = server;
    this.loop = loop;
  }

  /**
   * Creates missing topics, then starts the service.
   *
   * @param service its name, the value of property {@code robustness.service} that its package
   *     requires
   * @param port of its HTTP server; 0 for any free one
   * @param beans further singletons, by value
   * @throws InvalidInputException if no broker answers or the port is taken
   */
  public static RunningService start(
      String service, KafkaSettings kafka, int port, Object... beans) {
    requireFree(port);
    KafkaClients clients = new KafkaClients(kafka);
    Topics.ensure(clients, BROKER_PATIENCE);
    ApplicationContext context =
        ApplicationContext.builder()
            .deduceEnvironment(false)
            .banner(false)
            .properties(
                Map.of(
                    "robustness.service", service,
                    "micronaut.application.name", service,
                    "micronaut.server.port", port == 0 ? -1 : port))
            .singletons(clients)
            .singletons(beans)
            .start();
    try {
      EmbeddedServer server = context.getBean(EmbeddedServer.class).start();
      ServiceLoop loop = context.getBean(ServiceLoop.class);
      loop.start();
      return new RunningService(context, server, loop);
    } catch (RuntimeException e) {
      context.close();
      throw e;
    }
  }

  static void requireFree(int port) {
    if (port < 0 || port > LARGEST_PORT) {
      throw new InvalidInputException(
          "There is no port "
              + port
              + "; pass --port with a number from 0 to "
              + LARGEST_PORT
              + ".");
    }
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(port));
    } catch (IOException e) {
      throw new InvalidInputException(
          "Port "
              + port
              + " cannot be opened ("
              + e.getMessage()
              + "); pass --port with a free one, or stop the program that uses it.",
          e);
    }
  }

  /** The port of the HTTP server. */
  public int port() {
    return server.getPort();
  }

  public boolean live() {
    return loop.live();
  }

  public boolean ready() {
    return loop.ready();
  }

  /** A singleton of the service, for tests and for the one-JVM demonstration. */
  public <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  /** Stops gracefully: the loop ends its round, then the server and the rest close. */
  @Override
  public void close() {
    loop.close();
    context.close();
  }
}
