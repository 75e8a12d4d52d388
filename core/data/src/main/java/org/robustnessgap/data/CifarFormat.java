package org.robustnessgap.data;

import java.io.IOException;

/**
 * The binary versions of CIFAR-10 and CIFAR-100 (Krizhevsky 2009): per image one label, or a coarse
 * and a fine one, then the red, green and blue planes. Without a magic number, so known by the name
 * {@code .bin}, the length and the first labels.
 */
final class CifarFormat implements ImageFormat {
  private static final int SIDE = 32;
  private static final int COLOURS = 3;
  private static final int PIXELS = COLOURS * SIDE * SIDE;

  @Override
  public boolean isOf(DataFile file) {
    return labels(file) > 0;
  }

  /** Bytes before each image; 0 if it is no such file. */
  private static int labels(DataFile file) {
    if (!file.shortName().endsWith(".bin") || file.length() < 0) {
      return 0;
    }
    if (file.mayHoldRowsOf(PIXELS + 1) && file.head(0) < 10) {
      return 1;
    }
    return file.mayHoldRowsOf(PIXELS + 2) && file.head(0) < 20 && file.head(1) < 100 ? 2 : 0;
  }

  @Override
  public ImageSource open(DataFile file, Opening opening) throws IOException {
    int labels = labels(file);
    long count = file.length() / (PIXELS + labels);
    ArrayAxes axes = ArrayAxes.of(new long[] {count, COLOURS, SIDE, SIDE}, false, 0, 2, 3, 1);
    return new ArraySource(
        file,
        file.in(),
        Element.BYTE,
        axes,
        labels,
        (index, prefix) -> Byte.toUnsignedInt(prefix[labels - 1]));
  }
}
