package org.robustnessgap.data;

import java.io.IOException;

/** A file is not what it seems, with the reason; ends that file and no other. */
final class UnreadableException extends IOException {
  private static final long serialVersionUID = 1L;

  UnreadableException(String format, Object... arguments) {
    super(String.format(format, arguments));
  }
}
