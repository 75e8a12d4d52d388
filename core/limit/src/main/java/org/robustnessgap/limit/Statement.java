package org.robustnessgap.limit;

import java.util.Optional;
import org.robustnessgap.messages.StableApi;

/**
 * What a theorem says of a case: something, or nothing because one of its assumptions fails there.
 *
 * @param <T> what it says where it applies
 */
@StableApi
public sealed interface Statement<T> {
  /** The assumptions hold. */
  record Holds<T>(T limit) implements Statement<T> {}

  /**
   * An assumption fails.
   *
   * @param reason which one, in one sentence
   */
  record NotApplicable<T>(String reason) implements Statement<T> {}

  /** What it says; empty where it is not applicable. */
  default Optional<T> asOptional() {
    return this instanceof Holds<T> holds ? Optional.of(holds.limit()) : Optional.empty();
  }
}
