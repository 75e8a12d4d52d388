package org.robustnessgap.data;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The images of a file, one after the other. */
interface ImageSource extends AutoCloseable {
  /**
   * @return null after the last
   * @throws IOException if the rest of the file cannot be read, with the reason
   */
  @Nullable ReadImage next() throws IOException;

  @Override
  void close() throws IOException;
}
