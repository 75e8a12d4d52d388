package org.robustnessgap.worker;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.robustnessgap.engine.Device;
import org.robustnessgap.engine.EngineSettings;
import org.robustnessgap.messages.InvalidInputException;
import picocli.CommandLine.Option;

/** The options of every command that runs models. */
public final class EngineOptions {
  private static final String ALL = "all";
  private static final Pattern SIZE = Pattern.compile("(\\d{1,9})([mg])");

  @Option(
      names = "--engine",
      paramLabel = "NAME",
      defaultValue = "${env:ROBUSTNESS_ENGINE:-onnxruntime}",
      description =
          "What runs the models: onnxruntime or nd4j (default: ${DEFAULT-VALUE}; environment ROBUSTNESS_ENGINE).")
  private String engine;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "${env:ROBUSTNESS_DEVICE:-cpu}",
      description =
          "cpu, cuda or cuda:N (default: ${DEFAULT-VALUE}; environment ROBUSTNESS_DEVICE).")
  private String device;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "${env:ROBUSTNESS_THREADS:-0}",
      description =
          "Threads of the engine on the CPU (default: one a core; environment ROBUSTNESS_THREADS).")
  private int threads;

  @Option(
      names = "--device-memory",
      paramLabel = "SIZE",
      defaultValue = "${env:ROBUSTNESS_DEVICE_MEMORY:-" + ALL + "}",
      description =
          "Most memory of a CUDA device that one loaded graph may take, such as 8g or 512m (default: ${DEFAULT-VALUE}; environment ROBUSTNESS_DEVICE_MEMORY).")
  private String deviceMemory;

  /**
   * What the command line says. Starts the engine once, so that what is missing is refused before
   * any work.
   *
   * @throws InvalidInputException if there is no such engine or device here, with the remedy
   */
  public EngineSettings settings() {
    EngineSettings settings =
        new EngineSettings(engine, Device.of(device), threads, bytes(deviceMemory));
    settings.open().close();
    return settings;
  }

  /** The same options for another process. */
  public List<String> arguments() {
    return List.of(
        "--engine", engine,
        "--device", device,
        "--threads", Integer.toString(threads),
        "--device-memory", deviceMemory);
  }

  private static long bytes(String size) {
    if (size.equals(ALL)) {
      return EngineSettings.ALL_MEMORY;
    }
    Matcher matcher = SIZE.matcher(size);
    if (!matcher.matches()) {
      throw new InvalidInputException(
          "'" + size + "' is no size; pass --device-memory with one such as 8g or 512m, or all.");
    }
    return Long.parseLong(matcher.group(1)) << (matcher.group(2).equals("g") ? 30 : 20);
  }
}
