package org.robustnessgap.serving.call;

import org.jspecify.annotations.Nullable;

/** Lets no more than so many queries a second pass, in the mean over any longer time. */
final class Pacer {
  private static final double NANOS = 1e9;

  private final @Nullable Double queriesPerSecond;
  private final Timer timer;
  private long next;

  /**
   * @param queriesPerSecond null for no limit
   */
  Pacer(@Nullable Double queriesPerSecond, Timer timer) {
    if (queriesPerSecond != null && !(queriesPerSecond > 0)) {
      throw new IllegalArgumentException(queriesPerSecond + " queries a second");
    }
    this.queriesPerSecond = queriesPerSecond;
    this.timer = timer;
    this.next = timer.nanos();
  }

  /** Waits until another could send: what was sent last has its time. */
  void settle() {
    pass(0);
  }

  /** Waits until so many may be sent at once. */
  void pass(int queries) {
    if (queriesPerSecond == null) {
      return;
    }
    long now = timer.nanos();
    if (next - now > 0) {
      timer.sleep(next - now);
    } else {
      next = now;
    }
    next += Math.round(queries / queriesPerSecond * NANOS);
  }
}
