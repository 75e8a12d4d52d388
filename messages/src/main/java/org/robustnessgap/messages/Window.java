package org.robustnessgap.messages;

/**
 * The samples that share one figure.
 *
 * @param index from 0
 * @param samples how many samples the window holds when complete
 */
public record Window(long index, long samples) {
  /**
   * What stands for the window of samples that are not shared out among windows; never complete.
   */
  public static final Window ALL = new Window(0, Long.MAX_VALUE);

  public Window {
    Checks.atLeast(index, 0, "window index");
    Checks.atLeast(samples, 1, "window size");
  }
}
