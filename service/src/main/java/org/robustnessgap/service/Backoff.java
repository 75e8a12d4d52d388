package org.robustnessgap.service;

import java.time.Duration;
import java.util.function.IntFunction;
import org.robustnessgap.messages.InvalidInputException;

/**
 * Pauses before another attempt, each twice as long as the one before, up to a longest.
 *
 * @param first before the second attempt, positive
 * @param longest at least the first
 */
public record Backoff(Duration first, Duration longest) implements IntFunction<Duration> {
  public Backoff {
    if (first.isNegative() || first.isZero() || longest.compareTo(first) < 0) {
      throw new InvalidInputException(
          "Pauses from " + first + " to " + longest + " do not grow from a positive one.");
    }
  }

  /**
   * @param failures attempts that have failed one after the other, at least 1
   */
  @Override
  public Duration apply(int failures) {
    Duration pause = first;
    for (int i = 1; i < failures && pause.compareTo(longest) < 0; i++) {
      pause = pause.multipliedBy(2);
    }
    return pause.compareTo(longest) < 0 ? pause : longest;
  }
}
