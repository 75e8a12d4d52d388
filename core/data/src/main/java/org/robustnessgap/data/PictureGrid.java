package org.robustnessgap.data;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.robustnessgap.messages.Colour;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Layout;
import org.robustnessgap.messages.PixelRange;

/**
 * Groups of images as one picture: those of a group side by side, groups apart.
 *
 * @param form of each image: grey, or of three colours, and no vector
 * @param columns groups beside each other, at least 1
 */
public record PictureGrid(ImageForm form, int columns) {
  private static final int COLOURS = 3;
  private static final int WHITE = 255;

  /** Smaller images are enlarged by a whole factor. */
  private static final int READABLE = 56;

  private static final int GAP = 1;
  private static final int GROUP_GAP = 8;

  public PictureGrid {
    if (!shows(form)) {
      throw new InvalidInputException(
          String.format(
              "Images of shape %s have no height and width, or other channels than grey or colour, and cannot be shown.",
              form.shape()));
    }
  }

  /** Whether images of this form can be shown. */
  public static boolean shows(ImageForm form) {
    return form.isSettled()
        && form.layout() != Layout.FLAT
        && (form.size().channels() == 1 || form.size().channels() == COLOURS);
  }

  /**
   * Writes them as PNG, row by row.
   *
   * @param groups of equally many images each, values as the form says; what is outside the range
   *     of pixels is shown as black or white
   * @throws InvalidInputException if the file cannot be written
   */
  public void write(Path file, List<List<float[]>> groups) {
    try (OutputStream out = Files.newOutputStream(file)) {
      if (!ImageIO.write(picture(groups), "png", out)) {
        throw new IOException("this Java writes no PNG");
      }
    } catch (IOException e) {
      throw new InvalidInputException(
          "Cannot write " + file + " (--grid); does its folder exist, and may you write there?", e);
    }
  }

  private BufferedImage picture(List<List<float[]>> groups) {
    int height = (int) form.size().height();
    int width = (int) form.size().width();
    int scale = Math.max(1, READABLE / Math.max(height, width));
    int of = groups.get(0).size();
    int groupWidth = of * (scale * width + GAP) - GAP + GROUP_GAP;
    int rowHeight = scale * height + GROUP_GAP;
    int rows = (groups.size() + columns - 1) / columns;
    BufferedImage picture =
        new BufferedImage(
            columns * groupWidth + GROUP_GAP,
            rows * rowHeight + GROUP_GAP,
            BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        picture.setRGB(x, y, 0xffffff);
      }
    }
    for (int group = 0; group < groups.size(); group++) {
      for (int i = 0; i < of; i++) {
        int left = GROUP_GAP + group % columns * groupWidth + i * (scale * width + GAP);
        int top = GROUP_GAP + group / columns * rowHeight;
        draw(picture, groups.get(group).get(i), left, top, scale);
      }
    }
    return picture;
  }

  private void draw(BufferedImage picture, float[] image, int left, int top, int scale) {
    int width = (int) form.size().width();
    int pixels = (int) form.size().height() * width;
    for (int pixel = 0; pixel < pixels; pixel++) {
      int rgb = rgb(image, pixel, pixels);
      for (int dy = 0; dy < scale; dy++) {
        for (int dx = 0; dx < scale; dx++) {
          picture.setRGB(left + pixel % width * scale + dx, top + pixel / width * scale + dy, rgb);
        }
      }
    }
  }

  private int rgb(float[] image, int pixel, int pixels) {
    int channels = (int) form.size().channels();
    boolean backwards = form.pixels().colour() == Colour.BGR;
    int rgb = 0;
    for (int colour = 0; colour < COLOURS; colour++) {
      int channel = channels == 1 ? 0 : backwards ? COLOURS - 1 - colour : colour;
      int at = form.layout() == Layout.NCHW ? channel * pixels + pixel : pixel * channels + channel;
      rgb = rgb << Byte.SIZE | level(image[at]);
    }
    return rgb;
  }

  private int level(float value) {
    PixelRange range = form.pixels().range();
    double share = (value - range.lower()) / (range.upper() - range.lower());
    return (int) Math.max(0, Math.min(WHITE, Math.round(share * WHITE)));
  }
}
