package org.robustnessgap.engine;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.StableApi;

/**
 * Where an engine computes.
 *
 * @param ordinal of the CUDA device, from 0; −1 for the CPU
 */
@StableApi
public record Device(int ordinal) {
  public static final Device CPU = new Device(-1);

  private static final Pattern CUDA = Pattern.compile("cuda(?::(\\d{1,4}))?");

  public Device {
    if (ordinal < -1) {
      throw new InvalidInputException("There is no CUDA device " + ordinal + "; count from 0.");
    }
  }

  /**
   * @param text {@code cpu}, {@code cuda} for the first CUDA device, or {@code cuda:N}
   */
  public static Device of(String text) {
    if (text.equals("cpu")) {
      return CPU;
    }
    Matcher cuda = CUDA.matcher(text);
    if (!cuda.matches()) {
      throw new InvalidInputException(
          "There is no device '" + text + "'; pass --device with cpu, cuda or cuda:N.");
    }
    return new Device(cuda.group(1) == null ? 0 : Integer.parseInt(cuda.group(1)));
  }

  public boolean isCuda() {
    return ordinal >= 0;
  }

  /** {@code cpu} or {@code cuda:N}. */
  @Override
  public String toString() {
    return isCuda() ? "cuda:" + ordinal : "cpu";
  }
}
