package org.robustnessgap.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.commons.compress.archivers.zip.ZipArchiveInputStream;

/** ZIP, and with it npz: see the PKWARE APPNOTE. */
final class ZipFormat implements ImageFormat {
  @Override
  public boolean isOf(DataFile file) {
    return file.has(0, "PK\3\4") || file.has(0, "PK\5\6");
  }

  @Override
  public ImageSource open(DataFile file, Opening opening) throws IOException {
    // The last two: extra fields may name files in Unicode, and stored files may state their size
    // behind them.
    return new ArchiveSource(
        file,
        opening,
        in -> new ZipArchiveInputStream(in, StandardCharsets.UTF_8.name(), true, true));
  }
}
