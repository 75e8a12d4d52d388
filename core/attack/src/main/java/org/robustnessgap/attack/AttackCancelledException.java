package org.robustnessgap.attack;

/** The thread was interrupted while it searched; nothing of the search is kept. */
public final class AttackCancelledException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  AttackCancelledException() {
    super("the search was cancelled");
  }
}
