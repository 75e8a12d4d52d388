package org.robustnessgap.attack.map;

import org.robustnessgap.messages.StableApi;

/** The thread was interrupted while it searched; nothing of the search is kept. */
@StableApi
public final class AttackCancelledException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  AttackCancelledException() {
    super("the search was cancelled");
  }
}
