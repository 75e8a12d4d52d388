package org.robustnessgap.attack.query;

/**
 * A served model that does not answer now but may later: what asked should wait and begin again.
 * The message says what was seen, and what its owner may do.
 */
public final class ServerUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long waitMillis;
  private final long queries;

  /**
   * @param waitMillis how long the server asks to be left alone; 0 if it does not say
   */
  public ServerUnavailableException(String message, long waitMillis, Throwable cause) {
    this(message, waitMillis, 0, cause);
  }

  private ServerUnavailableException(
      String message, long waitMillis, long queries, Throwable cause) {
    super(message, cause);
    this.waitMillis = waitMillis;
    this.queries = queries;
  }

  /** The same without a cause. */
  public ServerUnavailableException(String message, long waitMillis) {
    super(message);
    this.waitMillis = waitMillis;
    this.queries = 0;
  }

  /** The same of a model that nobody holds who could tell that it was asked about images. */
  public ServerUnavailableException afterQueries(long images) {
    ServerUnavailableException counted =
        new ServerUnavailableException(
            String.valueOf(getMessage()),
            waitMillis,
            images,
            getCause() == null ? this : getCause());
    counted.setStackTrace(getStackTrace());
    return counted;
  }

  /** Images that it was asked about in vain and that nobody else counts. */
  public long queries() {
    return queries;
  }

  /** How long the server asks to be left alone, in milliseconds; 0 if it does not say. */
  public long waitMillis() {
    return waitMillis;
  }
}
