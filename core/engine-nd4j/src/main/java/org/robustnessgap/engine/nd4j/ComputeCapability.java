package org.robustnessgap.engine.nd4j;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.robustnessgap.engine.Device;
import org.robustnessgap.messages.InvalidInputException;

/**
 * The generation of a CUDA device.
 *
 * @param major devices of one run each other's machine code, from the same minor upwards
 */
record ComputeCapability(int major, int minor) implements Comparable<ComputeCapability> {
  private static final Pattern STATED = Pattern.compile("(\\d+)\\.(\\d+)");

  /** What {@code libnd4jcuda.so} 1.0.0-M2.1 holds; it has no code that a driver could compile. */
  private static final Set<ComputeCapability> MACHINE_CODE =
      new TreeSet<>(
          List.of(
              new ComputeCapability(3, 7),
              new ComputeCapability(5, 0),
              new ComputeCapability(5, 2),
              new ComputeCapability(6, 0),
              new ComputeCapability(6, 1),
              new ComputeCapability(7, 0),
              new ComputeCapability(7, 5),
              new ComputeCapability(8, 0),
              new ComputeCapability(8, 6)));

  /**
   * As the driver's tool tells it: asking ND4J would start ND4J.
   *
   * @throws InvalidInputException if there is no such device
   */
  static ComputeCapability of(Device device) {
    return parse(device, query(device));
  }

  /**
   * @param said one line with a number such as 8.6
   */
  static ComputeCapability parse(Device device, String said) {
    Matcher stated = STATED.matcher(said.strip());
    if (!stated.matches()) {
      throw new InvalidInputException(
          "nvidia-smi finds no device "
              + device
              + "; check the driver, or pass --engine onnxruntime --device cpu.");
    }
    return new ComputeCapability(
        Integer.parseInt(stated.group(1)), Integer.parseInt(stated.group(2)));
  }

  private static String query(Device device) {
    try {
      Process process =
          new ProcessBuilder(
                  "nvidia-smi",
                  "--id=" + device.ordinal(),
                  "--query-gpu=compute_cap",
                  "--format=csv,noheader")
              .redirectErrorStream(true)
              .start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0 ? said : "";
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  boolean hasMachineCode() {
    return MACHINE_CODE.stream().anyMatch(code -> code.major == major && code.minor <= minor);
  }

  /**
   * @throws InvalidInputException if ND4J cannot run on such a device
   */
  void requireMachineCode() {
    if (!hasMachineCode()) {
      throw new InvalidInputException(
          String.format(
              "ND4J 1.0.0-M2.1 has no machine code for compute capability %s (it has %s);"
                  + " pass --engine onnxruntime.",
              this, String.join(", ", MACHINE_CODE.stream().map(Object::toString).toList())));
    }
  }

  @Override
  public int compareTo(ComputeCapability other) {
    return major != other.major
        ? Integer.compare(major, other.major)
        : Integer.compare(minor, other.minor);
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
