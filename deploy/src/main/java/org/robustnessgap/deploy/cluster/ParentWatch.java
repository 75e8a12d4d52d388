package org.robustnessgap.deploy.cluster;

import java.util.Optional;

/** Ends a child process with the launcher that started it, also when the launcher is killed. */
public final class ParentWatch {
  static final String PARENT = "robustness.parent";

  private ParentWatch() {}

  /** Does nothing in a process that no launcher started. */
  public static void endWithParent() {
    Optional.ofNullable(System.getProperty(PARENT))
        .map(Long::valueOf)
        .ifPresent(
            parent ->
                ProcessHandle.of(parent)
                    .ifPresentOrElse(
                        launcher -> launcher.onExit().thenRun(() -> System.exit(0)),
                        () -> System.exit(0)));
  }
}
