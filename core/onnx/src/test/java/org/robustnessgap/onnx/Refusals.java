package org.robustnessgap.onnx;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.robustnessgap.messages.InvalidInputException;

/** What every message to the user has in common. */
public final class Refusals {
  private Refusals() {}

  /** Expects a refusal in one line that names these things. */
  public static void assertRefused(ThrowingCallable action, String... named) {
    var refusal = assertThatThrownBy(action).isInstanceOf(InvalidInputException.class);
    refusal.message().isNotBlank().doesNotContain("\n").doesNotContain("null").contains(named);
  }
}
