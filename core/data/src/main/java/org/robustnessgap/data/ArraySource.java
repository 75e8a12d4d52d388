package org.robustnessgap.data;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** The images of an array. */
final class ArraySource implements ImageSource {
  /** What the data say the class of an image is. */
  @FunctionalInterface
  interface Labels {
    Labels NONE = (index, prefix) -> null;

    /**
     * @param prefix the bytes before the image
     */
    @Nullable Integer of(int index, byte[] prefix) throws IOException;
  }

  private final DataFile file;
  private final InputStream in;
  private final Element element;
  private final ArrayAxes axes;
  private final int prefix;
  private final Labels labels;
  private final int[] indices;
  private byte @Nullable [] whole;
  private int next;

  /**
   * @param in what is left to read of it, at the first number
   * @param prefix bytes before each image
   */
  ArraySource(
      DataFile file, InputStream in, Element element, ArrayAxes axes, int prefix, Labels labels) {
    this.file = file;
    this.in = in;
    this.element = element;
    this.axes = axes;
    this.prefix = prefix;
    this.labels = labels;
    this.indices = axes.indices(0);
  }

  /** With nothing but numbers. */
  ArraySource(DataFile file, Element element, ArrayAxes axes) {
    this(file, file.in(), element, axes, 0, Labels.NONE);
  }

  @Override
  public @Nullable ReadImage next() throws IOException {
    if (next == axes.count()) {
      if (in.read() >= 0) {
        throw new UnreadableException("goes on after the %d images that it states", next);
      }
      return null;
    }
    int index = next++;
    byte[] before = in.readNBytes(prefix);
    byte[] block = block();
    int[] places = axes.isStream() ? indices : axes.indices(index * axes.image());
    String name = axes.count() == 1 ? file.name() : file.name() + "[" + index + "]";
    PixelValues values;
    try {
      values = element.values(block, places);
    } catch (UnreadableException e) {
      return new SkippedImage(name, FilesSource.reason(e));
    }
    Integer label = labels.of(index, before);
    return axes.height() == 0
        ? ReadImage.Decoded.vector(name, values, label)
        : new ReadImage.Decoded(name, axes.height(), axes.width(), axes.channels(), values, label);
  }

  private byte[] block() throws IOException {
    if (axes.isStream()) {
      return exactly(axes.values() * element.bytes());
    }
    if (whole == null) {
      whole = exactly(Math.multiplyExact(axes.values() * axes.count(), element.bytes()));
    }
    return whole;
  }

  private byte[] exactly(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new UnreadableException("ends before its image %d of %d does", next, axes.count());
    }
    return bytes;
  }

  @Override
  public void close() throws IOException {
    in.close();
    file.close();
  }
}
