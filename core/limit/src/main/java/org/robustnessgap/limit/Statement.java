package org.robustnessgap.limit;

import java.util.Optional;
import java.util.function.Consumer;
import org.robustnessgap.messages.StableApi;

/**
 * What a theorem says of a case: something, or nothing because one of its assumptions fails there.
 *
 * @param <T> what it says where it applies
 */
@StableApi
public sealed interface Statement<T> {
  /** What it says; empty where it is not applicable. */
  Optional<T> asOptional();

  /** Gives what it says to the one, or why it does not apply to the other. */
  void ifHoldsOrElse(Consumer<? super T> holds, Consumer<String> notApplicable);

  /** The assumptions hold. */
  record Holds<T>(T limit) implements Statement<T> {
    @Override
    public Optional<T> asOptional() {
      return Optional.of(limit);
    }

    @Override
    public void ifHoldsOrElse(Consumer<? super T> holds, Consumer<String> notApplicable) {
      holds.accept(limit);
    }
  }

  /**
   * An assumption fails.
   *
   * @param reason which one, in one sentence
   */
  record NotApplicable<T>(String reason) implements Statement<T> {
    @Override
    public Optional<T> asOptional() {
      return Optional.empty();
    }

    @Override
    public void ifHoldsOrElse(Consumer<? super T> holds, Consumer<String> notApplicable) {
      notApplicable.accept(reason);
    }
  }
}
