package org.robustnessgap.deploy.cluster;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A process that is reported and started again whenever it ends, until closed. */
final class Supervised implements AutoCloseable {
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(11);

  private final String name;
  private final Supplier<Process> starter;
  private final PrintStream reports;
  private final Executor afterPause;
  private @Nullable Process process;
  private boolean closed;

  Supervised(String name, Supplier<Process> starter, PrintStream reports, Duration pause) {
    this.name = name;
    this.starter = starter;
    this.reports = reports;
    this.afterPause = CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  synchronized void start() {
    if (closed) {
      return;
    }
    process = starter.get();
    reports.printf("%s starts (pid %d)%n", name, process.pid());
    process.onExit().thenAccept(this::ended);
  }

  /** Ctrl-C reaches the child first: whether it ended by itself is clear after the pause only. */
  private void ended(Process ended) {
    CompletableFuture.runAsync(() -> startAgain(ended), afterPause);
  }

  private synchronized void startAgain(Process ended) {
    if (!closed) {
      reports.printf(
          "%s (pid %d) ended with code %d and is started again%n",
          name, ended.pid(), ended.exitValue());
      start();
    }
  }

  /** Asks the process to end and waits; kills it if it does not within eleven seconds. */
  @Override
  public void close() {
    Process last;
    synchronized (this) {
      closed = true;
      last = process;
    }
    if (last == null) {
      return;
    }
    last.destroy();
    try {
      if (!last.waitFor(STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        last.destroyForcibly();
      }
    } catch (InterruptedException e) {
      last.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
