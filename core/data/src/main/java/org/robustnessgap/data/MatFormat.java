package org.robustnessgap.data;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.format.Mat5File;
import us.hebi.matlab.mat.format.Mat5Reader;
import us.hebi.matlab.mat.types.Array;
import us.hebi.matlab.mat.types.MatFile;
import us.hebi.matlab.mat.types.MatlabType;
import us.hebi.matlab.mat.types.Matrix;
import us.hebi.matlab.mat.types.Sources;

/**
 * A file of MATLAB 5 to 7 with images X, bytes [height, width, channels, n], and perhaps labels y:
 * SVHN's cropped digits. Its y says 10 for the digit 0. All of X is held at once.
 */
final class MatFormat implements ImageFormat {
  private static final int AXES = 4;
  private static final int DIGITS = 10;

  /** Bytes that can come of one by deflate. */
  private static final int MOST_INFLATED = 1032;

  @Override
  public boolean isOf(DataFile file) {
    return file.has(0, "MATLAB 5.0 MAT-file") || file.has(0, "MATLAB 7.3 MAT-file");
  }

  @Override
  public ImageSource open(DataFile file, Opening opening) throws IOException {
    if (file.has(0, "MATLAB 7.3")) {
      throw new UnreadableException("is of MATLAB 7.3; save it with -v7");
    }
    Mat5File read =
        Mat5.newReader(Sources.wrapInputStream(file.in()))
            .disableSubsystemProcessing()
            .setEntryFilter(entry -> isRead(entry, file.length()))
            .readMat();
    Matrix images = find(read, "X");
    if (images == null
        || images.getType() != MatlabType.UInt8
        || images.getNumDimensions() != AXES) {
      throw new UnreadableException("holds no bytes X [height, width, channels, n], as SVHN does");
    }
    Matrix labels = find(read, "y");
    int[] sizes = images.getDimensions();
    long[] shape = new long[AXES];
    for (int i = 0; i < AXES; i++) {
      shape[i] = sizes[i];
    }
    ArrayAxes axes = ArrayAxes.of(shape, true, 3, 0, 1, 2);
    return new ArraySource(
        file,
        new Bytes(images),
        Element.BYTE,
        axes,
        0,
        labels == null || labels.getNumElements() != axes.count()
            ? ArraySource.Labels.NONE
            : (index, prefix) -> labels.getInt(index) % DIGITS);
  }

  /**
   * Others are not unpacked at all; nor is what states to be more than can come of the file, before
   * memory is taken for it.
   */
  private static boolean isRead(Mat5Reader.EntryHeader entry, long length) {
    double values = 1;
    for (int size : entry.getDimensions()) {
      values *= size;
    }
    boolean mayBe = length < 0 || values <= (double) length * MOST_INFLATED;
    return ("X".equals(entry.getName()) || "y".equals(entry.getName()))
        && mayBe
        && values < Integer.MAX_VALUE;
  }

  private static @Nullable Matrix find(Mat5File file, String name) {
    for (MatFile.Entry entry : file.getEntries()) {
      Array value = entry.getValue();
      if (name.equals(entry.getName()) && value instanceof Matrix matrix) {
        return matrix;
      }
    }
    return null;
  }

  /** The bytes of a matrix, column by column. */
  private static final class Bytes extends InputStream {
    private final Matrix matrix;
    private int next;

    Bytes(Matrix matrix) {
      this.matrix = matrix;
    }

    @Override
    public int read() {
      return next == matrix.getNumElements() ? -1 : Byte.toUnsignedInt(matrix.getByte(next++));
    }
  }
}
