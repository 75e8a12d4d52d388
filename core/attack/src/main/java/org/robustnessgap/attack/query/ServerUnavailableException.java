package org.robustnessgap.attack.query;

/**
 * A served model that does not answer now but may later: what asked should wait and begin again.
 * The message says what was seen, and what its owner may do.
 */
public final class ServerUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long waitMillis;

  /**
   * @param waitMillis how long the server asks to be left alone; 0 if it does not say
   */
  public ServerUnavailableException(String message, long waitMillis, Throwable cause) {
    super(message, cause);
    this.waitMillis = waitMillis;
  }

  /** The same without a cause. */
  public ServerUnavailableException(String message, long waitMillis) {
    super(message);
    this.waitMillis = waitMillis;
  }

  /** How long the server asks to be left alone, in milliseconds; 0 if it does not say. */
  public long waitMillis() {
    return waitMillis;
  }
}
