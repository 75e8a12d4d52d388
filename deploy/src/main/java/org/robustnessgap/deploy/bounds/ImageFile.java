package org.robustnessgap.deploy.bounds;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.robustnessgap.messages.InvalidInputException;

/** Images as unsigned bytes, one after the other, in the order a classifier takes their values. */
final class ImageFile {
  private ImageFile() {}

  /**
   * Reads the first images.
   *
   * @param size values of one image
   * @param most at most so many images
   * @param subtract the classifier takes (byte − subtract)/divide
   * @throws InvalidInputException if there is no such file or it holds no whole number of images
   */
  static float[] read(Path file, int size, int most, double subtract, double divide) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      if (bytes.length == 0 || bytes.length % size != 0) {
        throw new InvalidInputException(
            String.format(
                "%s holds %d bytes, no whole number of images of %d values; does it belong to this classifier?",
                file, bytes.length, size));
      }
      float[] values = new float[(int) Math.min(bytes.length, (long) most * size)];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) ((Byte.toUnsignedInt(bytes[i]) - subtract) / divide);
      }
      return values;
    } catch (NoSuchFileException e) {
      throw new InvalidInputException("There is no file " + file + " (--images).", e);
    } catch (IOException e) {
      throw new InvalidInputException("Cannot read " + file + " (--images): " + e.getMessage(), e);
    }
  }
}
