package org.robustnessgap.deploy;

import java.util.concurrent.CountDownLatch;

/** Waits for Ctrl-C or SIGTERM. */
final class UntilStopped {
  private UntilStopped() {}

  /** Blocks until the process is told to stop; the process ends when {@code close} is done. */
  static void run(Runnable close) throws InterruptedException {
    Runtime.getRuntime().addShutdownHook(new Thread(close, "shutdown"));
    new CountDownLatch(1).await();
  }
}
