package org.robustnessgap.deploy.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** This launcher once more, as a child process with a command of its own. */
public final class LauncherProcess {
  /** For processes that compute little: quick to start, small. */
  public static final List<String> LIGHT = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  private static final String MAIN = "org.robustnessgap.deploy.RobustnessGapCommand";

  private LauncherProcess() {}

  /**
   * Starts {@code robustness-gap arguments…} on this JVM's class path. It writes where this process
   * writes, and ends when this process ends, however that happens.
   *
   * @param jvmFlags further options of its JVM
   */
  public static Process start(List<String> jvmFlags, List<String> arguments) {
    ProcessBuilder builder = builder(jvmFlags, arguments).inheritIO();
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + builder.command().get(0), e);
    }
  }

  /** The same, not yet started, its output not yet connected. */
  public static ProcessBuilder builder(List<String> jvmFlags, List<String> arguments) {
    String classPath = System.getProperty("java.class.path");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmFlags);
    command.add("-D" + ParentWatch.PARENT + "=" + ProcessHandle.current().pid());
    command.add("-Dfile.encoding=UTF-8");
    // Only with -jar does the manifest allow native access.
    command.addAll(
        classPath.endsWith("deploy.jar")
            ? List.of("-jar", classPath)
            : List.of("-cp", classPath, MAIN));
    command.addAll(arguments);
    return new ProcessBuilder(command);
  }
}
