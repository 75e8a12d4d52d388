package org.robustnessgap.serving.call;

import java.util.concurrent.locks.LockSupport;

/** Time as it passes for whoever asks. */
public interface Timer {
  /** That of this machine. */
  Timer SYSTEM =
      new Timer() {
        @Override
        public long nanos() {
          return System.nanoTime();
        }

        @Override
        public void sleep(long nanos) {
          long end = System.nanoTime() + nanos;
          for (long left = nanos; left > 0 && !Thread.currentThread().isInterrupted(); ) {
            LockSupport.parkNanos(left);
            left = end - System.nanoTime();
          }
        }
      };

  /** Nanoseconds since any moment. */
  long nanos();

  /** Lets time pass; returns sooner if the thread is interrupted, which remains seen. */
  void sleep(long nanos);
}
