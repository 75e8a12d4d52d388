package org.robustnessgap.serving.fake;

import java.util.ArrayList;
import java.util.List;
import org.robustnessgap.serving.call.Timer;

/** Time that passes only while somebody sleeps. */
public final class FakeTimer implements Timer {
  private long nanos;
  private final List<Long> sleeps = new ArrayList<>();

  @Override
  public long nanos() {
    return nanos;
  }

  @Override
  public void sleep(long more) {
    nanos += more;
    sleeps.add(more / 1_000_000);
  }

  /** Lets time pass otherwise. */
  public void pass(long millis) {
    nanos += millis * 1_000_000;
  }

  /** How long everybody slept, in milliseconds. */
  public List<Long> sleepsMillis() {
    return List.copyOf(sleeps);
  }
}
