package org.robustnessgap.service;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.service.kafka.KafkaFailures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives a {@link ServiceBody} on a thread of its own until closed. When the body fails, it is
 * closed and, after a pause, replaced: everything a body knows it can learn again from the topics.
 * The pause may depend on how many failed one after the other without having been ready.
 */
public final class ServiceLoop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceLoop.class);

  private final String name;
  private final Callable<? extends ServiceBody> bodies;
  private final IntFunction<Duration> pauses;
  private final Duration patience;
  private final Thread thread;
  private volatile @Nullable ServiceBody body;
  private volatile boolean stopping;
  private boolean interruptible;

  /** Bodies that failed one after the other; of the loop's thread alone. */
  private int failures;

  public ServiceLoop(String name, Callable<? extends ServiceBody> bodies) {
    this(name, bodies, Duration.ofSeconds(1));
  }

  /**
   * @param pause before a body that failed is replaced
   */
  public ServiceLoop(String name, Callable<? extends ServiceBody> bodies, Duration pause) {
    this(name, bodies, failures -> pause);
  }

  /**
   * @param pauses before a body is replaced, by how many have failed since one was last ready, from
   *     1 on
   */
  public ServiceLoop(
      String name, Callable<? extends ServiceBody> bodies, IntFunction<Duration> pauses) {
    this(name, bodies, pauses, Duration.ofSeconds(9));
  }

  ServiceLoop(
      String name,
      Callable<? extends ServiceBody> bodies,
      IntFunction<Duration> pauses,
      Duration patience) {
    this.name = name;
    this.bodies = bodies;
    this.pauses = pauses;
    this.patience = patience;
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

  /**
   * Interrupts the current round, lets the body close undisturbed, and waits for both, at most nine
   * seconds.
   */
  @Override
  public void close() {
    synchronized (this) {
      stopping = true;
      if (interruptible) {
        thread.interrupt();
      }
      notifyAll();
    }
    try {
      thread.join(patience.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      LOG.warn("{} did not stop within {} s", name, patience.toSeconds());
    }
  }

  private void run() {
    while (begin()) {
      try {
        serve();
      } catch (Exception e) {
        if (!stopping) {
          Duration pause = pauses.apply(++failures);
          LOG.warn(
              "{} failed and starts again in {} s: {}",
              name,
              pause.toSeconds(),
              KafkaFailures.explain(e));
          LOG.debug("{} failed", name, e);
          rest(pause);
        }
      }
    }
  }

  private void serve() throws Exception {
    ServiceBody current;
    try {
      current = bodies.call();
    } catch (Exception e) {
      end();
      throw e;
    }
    try (current) {
      body = current;
      try {
        while (!stopping) {
          current.step();
        }
      } finally {
        failures = current.ready() ? 0 : failures;
        body = null;
        end();
      }
    }
  }

  private synchronized boolean begin() {
    interruptible = !stopping;
    return interruptible;
  }

  /**
   * From here on no interrupt comes, and one that came is forgotten: closing must not be cut short.
   */
  private synchronized void end() {
    interruptible = false;
    Thread.interrupted();
  }

  private synchronized void rest(Duration pause) {
    try {
      if (!stopping) {
        // Zero would mean for ever.
        wait(Math.max(1, pause.toMillis()));
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts a resting loop", e);
    }
  }
}
