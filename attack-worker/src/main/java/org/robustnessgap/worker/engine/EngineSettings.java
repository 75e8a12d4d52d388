package org.robustnessgap.worker.engine;

import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Collectors;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.worker.engine.nd4j.Nd4jEngine;

/**
 * Which runtime runs the models, and on what.
 *
 * @param threads that work on one run on the CPU; 0 for one a core
 * @param deviceMemory bytes of a CUDA device that the engine may take; {@link #ALL_MEMORY} for all
 */
public record EngineSettings(Kind kind, Device device, int threads, long deviceMemory) {
  public static final long ALL_MEMORY = Long.MAX_VALUE;

  /** Below this not even the libraries' workspaces fit. */
  private static final long LEAST_MEMORY = 256L << 20;

  /** The runtimes. */
  public enum Kind {
    ONNX_RUNTIME("onnxruntime"),
    ND4J("nd4j");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    /**
     * @param label as results and command lines write it
     */
    public static Kind ofLabel(String label) {
      return Arrays.stream(values())
          .filter(kind -> kind.label.equals(label))
          .findFirst()
          .orElseThrow(
              () ->
                  new InvalidInputException(
                      String.format(
                          "There is no engine '%s'; pass --engine with one of %s.",
                          label,
                          Arrays.stream(values())
                              .map(Kind::label)
                              .collect(Collectors.joining(", ")))));
    }

    public String label() {
      return label;
    }
  }

  public EngineSettings {
    Objects.requireNonNull(kind, "kind is null");
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
    return new EngineSettings(Kind.ONNX_RUNTIME, Device.CPU, 0, ALL_MEMORY);
  }

  /** How results name the engine, for instance {@code onnxruntime-cuda:0}. */
  public String name() {
    return kind.label() + "-" + device;
  }

  /**
   * Starts the engine.
   *
   * @throws InvalidInputException if it or its device is not there, with the remedy
   */
  public Engine open() {
    return switch (kind) {
      case ONNX_RUNTIME -> new OnnxRuntimeEngine(this);
      case ND4J -> new Nd4jEngine(this);
    };
  }
}
