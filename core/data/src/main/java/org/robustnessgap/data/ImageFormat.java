package org.robustnessgap.data;

import java.io.IOException;

/** A form in which files hold images. */
interface ImageFormat {
  /** Whether it is the form of this file, by its first bytes if they tell, else by its name. */
  boolean isOf(DataFile file);

  /**
   * Starts to read.
   *
   * @param file closed with the source; if this fails, by the caller
   * @throws IOException if it is not what it seems, with the reason
   */
  ImageSource open(DataFile file, Opening opening) throws IOException;
}
