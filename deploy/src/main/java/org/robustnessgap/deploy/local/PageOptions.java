package org.robustnessgap.deploy.local;

import picocli.CommandLine.Option;

/** Options of a command that measures in this process, shows a page and stays up. */
public final class PageOptions {
  @Option(names = "--once", description = "Exit after the last table.")
  private boolean once;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8080",
      description =
          "Port of the page and of /metrics (default: ${DEFAULT-VALUE}; 0 for any free one).")
  private int port;

  /** Whether to exit instead of staying up. */
  public boolean once() {
    return once;
  }

  /** 0 for any free one. */
  public int port() {
    return port;
  }
}
