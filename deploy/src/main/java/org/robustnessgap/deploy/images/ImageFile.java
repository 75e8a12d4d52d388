package org.robustnessgap.deploy.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.robustnessgap.messages.InvalidInputException;

/** Images as unsigned bytes, one after the other, in the order a model takes their values. */
final class ImageFile {
  private ImageFile() {}

  /**
   * Reads the first images.
   *
   * @param size values of one image
   * @param most at most so many images
   * @param options say what a byte becomes
   * @throws InvalidInputException if there is no such file or it holds no whole number of images
   */
  static float[] read(Path file, int size, int most, ImageOptions options) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      if (bytes.length == 0 || bytes.length % size != 0) {
        throw new InvalidInputException(
            String.format(
                "%s holds %d bytes, no whole number of images of %d values; does it belong to this model?",
                file, bytes.length, size));
      }
      float[] values = new float[(int) Math.min(bytes.length, (long) most * size)];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) options.value(Byte.toUnsignedInt(bytes[i]));
      }
      return values;
    } catch (NoSuchFileException e) {
      throw new InvalidInputException("There is no file " + file + " (--images).", e);
    } catch (IOException e) {
      throw new InvalidInputException("Cannot read " + file + " (--images): " + e.getMessage(), e);
    }
  }
}
