package org.robustnessgap.data;

import java.io.IOException;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** TAR: ustar, GNU and PAX by their magic, older ones by their names. */
final class TarFormat implements ImageFormat {
  private static final int MAGIC = 257;

  @Override
  public boolean isOf(DataFile file) {
    return file.has(MAGIC, "ustar") || file.shortName().endsWith(".tar");
  }

  @Override
  public ImageSource open(DataFile file, Opening opening) throws IOException {
    return new ArchiveSource(file, opening, TarArchiveInputStream::new);
  }
}
