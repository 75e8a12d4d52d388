package org.robustnessgap.data;

import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/** What is packed by gzip (RFC 1952): a TAR, an array, or any other file. */
final class GzipFormat implements ImageFormat {
  @Override
  public boolean isOf(DataFile file) {
    return file.has(0, "\u001f\u008b");
  }

  @Override
  public ImageSource open(DataFile file, Opening opening) throws IOException {
    Inflation inflation = new Inflation();
    InputStream unpacked =
        GzipCompressorInputStream.builder()
            .setInputStream(inflation.packed(file.in()))
            .setDecompressConcatenated(true)
            .get();
    return opening.inside().open(file.unpacked(inflation.unpacked(unpacked, file)));
  }
}
