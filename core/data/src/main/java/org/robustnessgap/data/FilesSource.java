package org.robustnessgap.data;

import java.io.EOFException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The images of many files, one after the other. A file that cannot be read costs only itself. */
abstract class FilesSource implements ImageSource {
  private final Opening opening;
  private @Nullable ImageSource current;
  private String currentName = "";

  /**
   * @param opening how the files are opened
   */
  FilesSource(Opening opening) {
    this.opening = opening;
  }

  /**
   * Moves to the next file.
   *
   * @return its name; null after the last
   * @throws IOException if there is no way to a next one
   */
  abstract @Nullable String advance() throws IOException;

  /** The file that was moved to. */
  abstract DataFile file() throws IOException;

  @Override
  public @Nullable ReadImage next() throws IOException {
    while (true) {
      if (current == null) {
        String name = advance();
        if (name == null) {
          return null;
        }
        currentName = name;
      }
      try {
        if (current == null) {
          current = opening.open(file());
        }
        ReadImage image = current.next();
        if (image != null) {
          return image;
        }
        closeCurrent();
      } catch (IOException | RuntimeException e) {
        // Decoders throw whatever broken bytes lead them to.
        closeQuietly();
        return new SkippedImage(currentName, reason(e));
      }
    }
  }

  static String reason(Exception e) {
    if (e instanceof EOFException) {
      return "ends too early";
    }
    return e.getMessage() == null || e.getMessage().isBlank()
        ? "cannot be read: " + e.getClass().getSimpleName()
        : e instanceof UnreadableException ? e.getMessage() : "cannot be read: " + e.getMessage();
  }

  private void closeCurrent() throws IOException {
    if (current != null) {
      ImageSource closed = current;
      current = null;
      closed.close();
    }
  }

  private void closeQuietly() {
    try {
      closeCurrent();
    } catch (IOException e) {
      // It is skipped for what happened before.
    }
  }

  /** Whether a file is none of the user's, but of a system: passed over without a word. */
  static boolean isHidden(String name) {
    for (String part : name.split("/")) {
      boolean path = part.equals(".") || part.equals("..");
      if (part.startsWith(".") && !path
          || part.equals("__MACOSX")
          || part.equalsIgnoreCase("Thumbs.db")) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() throws IOException {
    closeCurrent();
  }
}
