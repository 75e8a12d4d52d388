package org.robustnessgap.serving.call;

import java.time.Duration;

/**
 * How long a server may take.
 *
 * @param connect until a connection stands
 * @param request from the first byte sent to the last received
 */
public record Deadlines(Duration connect, Duration request) {
  public static final Deadlines STANDARD =
      new Deadlines(Duration.ofSeconds(5), Duration.ofSeconds(30));

  public Deadlines {
    if (connect.isNegative() || connect.isZero() || request.isNegative() || request.isZero()) {
      throw new IllegalArgumentException("deadlines must be positive");
    }
  }
}
