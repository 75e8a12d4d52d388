package org.robustnessgap.data;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.robustnessgap.messages.Colour;
import org.robustnessgap.messages.Layout;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.messages.PixelSpace;

/** Small files, and what images are wanted as. */
final class Fixtures {
  /** Two rows of three pixels. */
  static final int[][] COLOURS = {
    {1, 2, 3}, {40, 50, 60}, {255, 0, 128}, {9, 8, 7}, {100, 110, 120}, {0, 255, 0}
  };

  /** The planes of {@link #COLOURS}. */
  static final float[] PLANES = {
    1, 40, 255, 9, 100, 0, 2, 50, 0, 8, 110, 255, 3, 60, 128, 7, 120, 0
  };

  /** The pixels of {@link #COLOURS}. */
  static final float[] PIXELS = {
    1, 2, 3, 40, 50, 60, 255, 0, 128, 9, 8, 7, 100, 110, 120, 0, 255, 0
  };

  private Fixtures() {}

  /** Of pixels from 0 to 255. */
  static ImageForm form(long... shape) {
    return form(null, null, shape);
  }

  static ImageForm form(Layout layout, Colour colour, long... shape) {
    return ImageForm.of(
        java.util.Arrays.stream(shape).boxed().toList(),
        new PixelSpace(layout, null, new PixelRange(0, 255), colour));
  }

  static ImageForm colours() {
    return form(3, 2, 3);
  }

  static List<FittedImage> read(Path path, ImageForm form) {
    try (Images images = Images.open(path, form)) {
      return images.first(Integer.MAX_VALUE);
    }
  }

  static float[] only(Path path, ImageForm form) {
    List<FittedImage> images = read(path, form);
    if (images.size() != 1) {
      throw new AssertionError(images.size() + " images");
    }
    return images.get(0).values();
  }

  static BufferedImage picture() {
    return picture(BufferedImage.TYPE_INT_RGB, 0);
  }

  /**
   * @param alpha of all pixels, where the type has it
   */
  static BufferedImage picture(int type, int alpha) {
    BufferedImage picture = new BufferedImage(3, 2, type);
    for (int i = 0; i < 6; i++) {
      int[] colour = COLOURS[i];
      picture.setRGB(i % 3, i / 3, alpha << 24 | colour[0] << 16 | colour[1] << 8 | colour[2]);
    }
    return picture;
  }

  static BufferedImage grey(int width, int height, int... levels) {
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    picture.getRaster().setPixels(0, 0, width, height, levels);
    return picture;
  }

  static byte[] written(BufferedImage picture, String format) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (!ImageIO.write(picture, format, out)) {
      throw new AssertionError("no writer of " + format);
    }
    return out.toByteArray();
  }

  static byte[] npy(String type, boolean fortran, String shape, byte[] numbers) {
    String header =
        String.format(
            "{'descr': '%s', 'fortran_order': %s, 'shape': (%s), }",
            type, fortran ? "True" : "False", shape);
    header = header + " ".repeat(63 - (header.length() + 10) % 64) + "\n";
    ByteBuffer bytes =
        ByteBuffer.allocate(10 + header.length() + numbers.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) 1);
    bytes.put((byte) 0).putShort((short) header.length());
    bytes.put(header.getBytes(StandardCharsets.US_ASCII)).put(numbers);
    return bytes.array();
  }

  static byte[] idx(int type, byte[] numbers, int... shape) {
    ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * shape.length + numbers.length);
    bytes.putInt(type << 8 | shape.length);
    for (int size : shape) {
      bytes.putInt(size);
    }
    return bytes.put(numbers).array();
  }

  static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  /** From a first value on, each one more. */
  static byte[] counted(int first, int count) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) (first + i);
    }
    return bytes;
  }
}
