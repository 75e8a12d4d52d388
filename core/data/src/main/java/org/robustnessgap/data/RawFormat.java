package org.robustnessgap.data;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Unsigned bytes, one image after the other, in the order in which a model takes their values. They
 * have no mark, so the name must tell: {@code .u8}, {@code .raw} or {@code .bin}.
 */
final class RawFormat implements ImageFormat {
  @Override
  public boolean isOf(DataFile file) {
    String name = file.shortName();
    return name.endsWith(".u8") || name.endsWith(".raw") || name.endsWith(".bin");
  }

  @Override
  public ImageSource open(DataFile file, Opening opening) throws IOException {
    if (file.shortName().contains(".labels.")) {
      return new NoImages(file);
    }
    long size = opening.form().values();
    if (size < 0) {
      throw new UnreadableException(
          "holds bytes without a size, and the classifier takes images of any size; give --image-size HxW");
    }
    InputStream in = file.in();
    long length = file.length();
    if (length < 0) {
      byte[] bytes = file.bytes();
      in = new ByteArrayInputStream(bytes);
      length = bytes.length;
    }
    if (length == 0 || length % size != 0) {
      throw new UnreadableException(
          "holds %d bytes, no whole number of images of %d values, so it may belong to another model",
          length, size);
    }
    ArrayAxes axes = ArrayAxes.of(new long[] {length / size, size}, false, 0, -1, -1, 1);
    return new ArraySource(file, in, Element.BYTE, axes, 0, ArraySource.Labels.NONE);
  }
}
