package org.robustnessgap.messages;

import java.util.Objects;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * Something a user supplied cannot be used. The message is one sentence or two that name the thing
 * and the remedy; a command prints it and exits with code 2, a service sends it to {@code
 * job-failures}.
 */
@StableApi
@NullMarked
public class InvalidInputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private static final int LONGEST = 1000;

  /**
   * @param message what is wrong and what to do; as it may quote what the user supplied, control
   *     characters in it become spaces, and it ends after a thousand characters
   */
  public InvalidInputException(String message) {
    super(oneLine(message));
  }

  /** The same, with what led to it, for {@code --debug}. */
  public InvalidInputException(String message, @Nullable Throwable cause) {
    super(oneLine(message), cause);
  }

  @Override
  public String getMessage() {
    return Objects.requireNonNull(super.getMessage());
  }

  private static String oneLine(String message) {
    String line = message.replaceAll("[\\p{Cntrl}\\x{85}\\x{2028}\\x{2029}]+", " ").strip();
    return line.length() <= LONGEST ? line : line.substring(0, LONGEST - 1) + "…";
  }
}
