package org.robustnessgap.data;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A file that holds labels, which lie beside many images.
 *
 * @param file which it is
 */
record NoImages(DataFile file) implements ImageSource {
  @Override
  public @Nullable ReadImage next() {
    return null;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
