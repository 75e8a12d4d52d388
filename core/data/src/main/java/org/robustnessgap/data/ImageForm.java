package org.robustnessgap.data;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.Colour;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Layout;
import org.robustnessgap.messages.PixelSpace;

/**
 * What images are wanted as: the shape that a model takes or makes, and what its pixels are.
 *
 * @param layout in which their values come
 * @param channels −1 if unknown; of a vector, its length
 * @param height −1 if unknown; 0 of a vector
 * @param width −1 if unknown; 0 of a vector
 * @param pixels what black and white are, and the order of colours
 */
public record ImageForm(Layout layout, long channels, long height, long width, PixelSpace pixels) {
  private static final long OPEN = -1;
  private static final int COLOURS = 3;

  /**
   * Of one image's shape, as a model states it.
   *
   * @param shape without the batch, −1 where it is open; empty if unknown
   * @param declared what the input contract says of pixels; null for the standard
   * @throws InvalidInputException if the shape is none of images in the declared layout
   */
  public static ImageForm of(List<Long> shape, @Nullable PixelSpace declared) {
    PixelSpace pixels = declared == null ? PixelSpace.STANDARD : declared;
    Layout layout = pixels.layout() == null ? layout(shape) : pixels.layout();
    if (shape.isEmpty()) {
      long channels = pixels.colour() == null ? OPEN : pixels.colour() == Colour.GREY ? 1 : COLOURS;
      return new ImageForm(layout, channels, OPEN, OPEN, pixels);
    }
    int axes = layout == Layout.FLAT ? 1 : layout == Layout.NHW ? 2 : 3;
    if (shape.size() != axes) {
      throw new InvalidInputException(
          String.format(
              "The model's images have shape %s, which is not %s; state the right layout of the pixels (--layout).",
              shape, layout));
    }
    return switch (layout) {
      case NCHW -> new ImageForm(layout, shape.get(0), shape.get(1), shape.get(2), pixels);
      case NHWC -> new ImageForm(layout, shape.get(2), shape.get(0), shape.get(1), pixels);
      case NHW -> new ImageForm(layout, 1, shape.get(0), shape.get(1), pixels);
      case FLAT -> new ImageForm(layout, shape.get(0), 0, 0, pixels);
    };
  }

  private static Layout layout(List<Long> shape) {
    return switch (shape.size()) {
      case 1 -> Layout.FLAT;
      case 2 -> Layout.NHW;
      case 3 -> isChannels(shape.get(2)) && !isChannels(shape.get(0)) ? Layout.NHWC : Layout.NCHW;
      default -> Layout.NCHW;
    };
  }

  private static boolean isChannels(long size) {
    return size == 1 || size == COLOURS;
  }

  /** Whether nothing about the shape is open. */
  public boolean isSettled() {
    return channels > 0 && height >= 0 && width >= 0;
  }

  /** How many values an image has; −1 if that is open. */
  public long values() {
    return isSettled() ? channels * Math.max(height, 1) * Math.max(width, 1) : OPEN;
  }

  /** The shape of one image; empty while something is open. */
  public List<Long> shape() {
    if (!isSettled()) {
      return List.of();
    }
    return switch (layout) {
      case NCHW -> List.of(channels, height, width);
      case NHWC -> List.of(height, width, channels);
      case NHW -> List.of(height, width);
      case FLAT -> List.of(channels);
    };
  }

  /** For people, for instance {@code 32×32×3}. */
  String size() {
    return layout == Layout.FLAT
        ? channels + " values"
        : number(height) + "×" + number(width) + (channels == 1 ? "" : "×" + number(channels));
  }

  private static String number(long size) {
    return size < 0 ? "any" : Long.toString(size);
  }

  /** The same with what is open as this image has it. */
  ImageForm settledBy(ReadImage.Decoded image) {
    if (layout == Layout.FLAT) {
      return channels > 0 ? this : new ImageForm(layout, image.values().count(), 0, 0, pixels);
    }
    if (image.isVector()) {
      return this;
    }
    long colours = image.channels() < COLOURS ? 1 : COLOURS;
    return new ImageForm(
        layout,
        channels > 0 ? channels : colours,
        height > 0 ? height : image.height(),
        width > 0 ? width : image.width(),
        pixels);
  }
}
