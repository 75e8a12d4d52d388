package org.robustnessgap.engine;

import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.StableApi;

/** A run found too little memory; one of fewer rows may find enough. */
@StableApi
public final class MemoryExhaustedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public MemoryExhaustedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
