package org.robustnessgap.data;

import java.io.IOException;
import java.util.List;

/**
 * How files are opened.
 *
 * @param form what images are wanted for, which settles what a file leaves open
 * @param depth how many archives the file lies in
 */
record Opening(ImageForm form, int depth) {
  /** A tar.gz counts twice. */
  private static final int DEEPEST = 4;

  /** Every format there is, the surer recognised first. */
  private static final List<ImageFormat> FORMATS =
      List.of(
          new PictureFormat(),
          new NpyFormat(),
          new ZipFormat(),
          new GzipFormat(),
          new TarFormat(),
          new MatFormat(),
          new IdxFormat(),
          new CifarFormat(),
          new RawFormat());

  /**
   * Starts to read a file, whatever its form.
   *
   * @param file closed with the source, or here if this fails
   * @throws IOException if no format is of it, or it is not what it seems
   */
  ImageSource open(DataFile file) throws IOException {
    try {
      for (ImageFormat format : FORMATS) {
        if (format.isOf(file)) {
          return format.open(file, this);
        }
      }
      throw new UnreadableException(
          "is no PNG, JPEG, WebP, TIFF, BMP, GIF, npy, npz, IDX, CIFAR binary, .mat of MATLAB 5, ZIP or TAR, and not named .u8, .raw or .bin");
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** For files in an archive. */
  Opening inside() throws UnreadableException {
    if (depth == DEEPEST) {
      throw new UnreadableException("is an archive in too many others; unpack it");
    }
    return new Opening(form, depth + 1);
  }
}
