package org.robustnessgap.messages;

/**
 * Something a user supplied cannot be used. The message is one sentence or two that name the thing
 * and the remedy; a command prints it and exits with code 2, a service sends it to {@code
 * job-failures}.
 */
public class InvalidInputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public InvalidInputException(String message) {
    super(message);
  }

  public InvalidInputException(String message, Throwable cause) {
    super(message, cause);
  }
}
