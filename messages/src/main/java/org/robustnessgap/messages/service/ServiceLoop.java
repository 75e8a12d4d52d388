package org.robustnessgap.messages.service;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives a {@link ServiceBody} on a thread of its own until closed. When the body fails, it is
 * closed and, after a pause, replaced: everything a body knows it can learn again from the topics.
 */
public final class ServiceLoop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceLoop.class);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(9);

  private final String name;
  private final Callable<? extends ServiceBody> bodies;
  private final Duration pause;
  private final Thread thread;
  private volatile ServiceBody body;
  private volatile boolean stopping;

  public ServiceLoop(String name, Callable<? extends ServiceBody> bodies) {
    this(name, bodies, Duration.ofSeconds(1));
  }

  ServiceLoop(String name, Callable<? extends ServiceBody> bodies, Duration pause) {
    this.name = name;
    this.bodies = bodies;
    this.pause = pause;
    this.thread = new Thread(this::run, name);
  }

  public void start() {
    thread.start();
  }

  /** Whether the thread runs. */
  public boolean live() {
    return thread.isAlive();
  }

  /** Whether a body runs and has caught up. */
  public boolean ready() {
    ServiceBody current = body;
    return !stopping && live() && current != null && current.ready();
  }

  /** Ends the current round, closes the body, and waits for both, at most nine seconds. */
  @Override
  public void close() {
    stopping = true;
    thread.interrupt();
    try {
      thread.join(STOP_PATIENCE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      LOG.warn("{} did not stop within {} s", name, STOP_PATIENCE.toSeconds());
    }
  }

  private void run() {
    while (!stopping) {
      try (ServiceBody current = bodies.call()) {
        body = current;
        while (!stopping) {
          current.step();
        }
        // Closing must not be cut short by the interrupt that ended the round.
        Thread.interrupted();
      } catch (InterruptedException | InterruptException e) {
        Thread.interrupted();
      } catch (Exception e) {
        if (!stopping) {
          LOG.warn("{} failed and starts again in {} s: {}", name, pause.toSeconds(), e.toString());
          LOG.debug("{} failed", name, e);
          rest();
        }
      } finally {
        body = null;
      }
    }
  }

  private void rest() {
    try {
      Thread.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      // Only close() interrupts; the loop's condition sees it.
    }
  }
}
