package org.robustnessgap.data;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;

/**
 * IDX, in which MNIST and its followers come: big endian, [n, height, width]. Labels are those of a
 * file beside it whose name says {@code labels-idx1} where its own says {@code images-idx3}.
 */
final class IdxFormat implements ImageFormat {
  private static final int TYPE = 2;
  private static final int AXES = 3;
  private static final int MOST_AXES = 4;

  @Override
  public boolean isOf(DataFile file) {
    int axes = file.head(AXES);
    return file.head(0) == 0
        && file.head(1) == 0
        && axes >= 1
        && axes <= MOST_AXES
        && file.head(TYPE) >= 0x08
        && file.head(TYPE) <= 0x0e;
  }

  @Override
  public ImageSource open(DataFile file, Opening opening) throws IOException {
    DataInputStream in = new DataInputStream(file.in());
    Element element = element(in.readInt() >> 8);
    long[] shape = new long[file.head(AXES)];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = Integer.toUnsignedLong(in.readInt());
    }
    if (shape.length == 1) {
      return new NoImages(file);
    }
    ArrayAxes axes =
        shape.length == 3
            ? ArrayAxes.of(shape, false, 0, 1, 2, -1)
            : ArrayAxes.of(shape, false, opening.form());
    return new ArraySource(file, file.in(), element, axes, 0, labels(file, axes.count()));
  }

  private static Element element(int type) throws UnreadableException {
    return switch (type) {
      case 0x08 -> Element.BYTE;
      case 0x09 -> new Element(Element.Kind.SIGNED, 1, ByteOrder.BIG_ENDIAN);
      case 0x0b -> new Element(Element.Kind.SIGNED, 2, ByteOrder.BIG_ENDIAN);
      case 0x0c -> new Element(Element.Kind.SIGNED, 4, ByteOrder.BIG_ENDIAN);
      case 0x0d -> new Element(Element.Kind.REAL, 4, ByteOrder.BIG_ENDIAN);
      case 0x0e -> new Element(Element.Kind.REAL, 8, ByteOrder.BIG_ENDIAN);
      default -> throw new UnreadableException("holds numbers of type %d of IDX", type);
    };
  }

  private static ArraySource.Labels labels(DataFile file, int count) throws IOException {
    InputStream beside = file.beside("images-idx3", "labels-idx1");
    InputStream found = beside == null ? file.beside("images.idx3", "labels.idx1") : beside;
    if (found == null) {
      return ArraySource.Labels.NONE;
    }
    try (DataInputStream in = new DataInputStream(found)) {
      int magic = in.readInt();
      int stated = in.readInt();
      byte[] labels = in.readNBytes(count);
      if (magic != 0x0801 || stated != count || labels.length != count) {
        throw new UnreadableException(
            "has %d images, but the labels beside it are no %d bytes of IDX", count, count);
      }
      return (index, prefix) -> Byte.toUnsignedInt(labels[index]);
    }
  }
}
