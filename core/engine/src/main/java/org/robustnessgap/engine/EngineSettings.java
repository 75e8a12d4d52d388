package org.robustnessgap.engine;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.ServiceLoader;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.StableApi;

/**
 * Which runtime runs the models, and on what.
 *
 * @param engine name of its {@link EngineProvider}
 * @param threads that work on one run on the CPU; 0 for one a core
 * @param deviceMemory bytes of a CUDA device that the engine may take; {@link #ALL_MEMORY} for all
 */
@StableApi
public record EngineSettings(String engine, Device device, int threads, long deviceMemory) {
  public static final long ALL_MEMORY = Long.MAX_VALUE;

  /** The engine that is always there. */
  public static final String ONNX_RUNTIME = "onnxruntime";

  /** Below this not even the libraries' workspaces fit. */
  private static final long LEAST_MEMORY = 256L << 20;

  public EngineSettings {
    Objects.requireNonNull(engine, "engine is null");
    Objects.requireNonNull(device, "device is null");
    if (threads < 0) {
      throw new InvalidInputException("--threads is " + threads + " but must not be negative.");
    }
    if (deviceMemory < LEAST_MEMORY) {
      throw new InvalidInputException(
          "--device-memory is " + deviceMemory + " bytes but must be at least 256m.");
    }
  }

  /** ONNX Runtime on the CPU. */
  public static EngineSettings standard() {
    return new EngineSettings(ONNX_RUNTIME, Device.CPU, 0, ALL_MEMORY);
  }

  /** The engines on the class path, by name, ascending. */
  public static List<String> engines() {
    return providers().stream().map(EngineProvider::name).toList();
  }

  /** How results name the engine, for instance {@code onnxruntime-cuda:0}. */
  public String name() {
    return engine + "-" + device;
  }

  /**
   * Starts the engine.
   *
   * @throws InvalidInputException if it or its device is not there, with the remedy
   */
  public Engine open() {
    return providers().stream()
        .filter(provider -> provider.name().equals(engine))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidInputException(
                    String.format(
                        "There is no engine '%s'; pass --engine with one of %s, or put the library that holds it on the class path.",
                        engine, String.join(", ", engines()))))
        .open(this);
  }

  private static List<EngineProvider> providers() {
    return ServiceLoader.load(EngineProvider.class, EngineProvider.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparing(EngineProvider::name))
        .toList();
  }
}
