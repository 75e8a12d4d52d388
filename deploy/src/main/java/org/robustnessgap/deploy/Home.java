package org.robustnessgap.deploy;

import java.nio.file.Path;

/** The repository folder, which holds the shipped models and campaigns. */
final class Home {
  private Home() {}

  /** As the launcher script says; without it, the current folder. */
  static Path path() {
    return Path.of(System.getProperty("robustness.home", "")).toAbsolutePath().normalize();
  }
}
