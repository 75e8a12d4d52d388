package org.robustnessgap.serving.call;

/**
 * Leaves a server alone that fails again and again, or that asks for it. When the time has passed
 * one request is let through, and its answer decides.
 */
final class CircuitBreaker {
  private static final int FAILURES = 6;
  private static final long COOL_DOWN_MILLIS = 30_000;
  private static final long NANOS = 1_000_000;

  private final Timer timer;
  private int failures;
  private boolean open;
  private long until;

  CircuitBreaker(Timer timer) {
    this.timer = timer;
  }

  /** For how long it is to be left alone, in milliseconds; 0 if it may be asked. */
  long closedForMillis() {
    if (!open) {
      return 0;
    }
    long left = until - timer.nanos();
    return left <= 0 ? 0 : (left + NANOS - 1) / NANOS;
  }

  void answered() {
    failures = 0;
    open = false;
  }

  /**
   * @param waitMillis how long it asks to be left alone; 0 if it does not say
   */
  void failed(long waitMillis) {
    failures++;
    long wait = failures >= FAILURES ? Math.max(waitMillis, COOL_DOWN_MILLIS) : waitMillis;
    if (wait > 0) {
      open = true;
      until = timer.nanos() + wait * NANOS;
    }
  }
}
