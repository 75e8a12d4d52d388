package org.robustnessgap.data;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.Colour;
import org.robustnessgap.messages.ImageShape;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Layout;
import org.robustnessgap.messages.PixelSpace;

/**
 * What images are wanted as: the shape that a model takes or makes, and what its pixels are.
 *
 * @param layout in which their values come
 * @param size of one image, as far as it is known
 * @param pixels what black and white are, and the order of colours
 */
public record ImageForm(Layout layout, ImageShape size, PixelSpace pixels) {
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
    if (shape.isEmpty()) {
      Layout layout = pixels.layout() == null ? Layout.NCHW : pixels.layout();
      Colour colour = pixels.colour();
      long channels = colour == null ? OPEN : colour == Colour.GREY ? 1 : COLOURS;
      return new ImageForm(layout, new ImageShape(channels, OPEN, OPEN), pixels);
    }
    Layout layout =
        pixels.layout() == null ? ImageShape.layout(shape, Layout.NCHW) : pixels.layout();
    if (shape.size() != ImageShape.axes(layout)) {
      throw new InvalidInputException(
          String.format(
              "The model's images have shape %s, which is not %s; state the right layout of the pixels (--layout).",
              shape, layout));
    }
    return new ImageForm(layout, ImageShape.of(shape, layout), pixels);
  }

  /** Whether nothing about the shape is open. */
  public boolean isSettled() {
    return size.isKnown();
  }

  /** How many values an image has; −1 if that is open. */
  public long values() {
    return size.values();
  }

  /** The shape of one image; empty while something is open. */
  public List<Long> shape() {
    return isSettled() ? size.in(layout) : List.of();
  }

  /** Whether an image of this size may fit: pictures of others need not be decoded. */
  boolean allows(int height, int width) {
    return layout == Layout.FLAT
        ? size.channels() < 0 || (long) height * width <= size.channels()
        : size.fitsHeightAndWidth(new ImageShape(OPEN, height, width));
  }

  /** For people, for instance {@code 32×32×3}. */
  String describe() {
    return layout == Layout.FLAT
        ? size.channels() + " values"
        : number(size.height())
            + "×"
            + number(size.width())
            + (size.channels() == 1 ? "" : "×" + number(size.channels()));
  }

  private static String number(long size) {
    return size < 0 ? "any" : Long.toString(size);
  }

  /** The same with what is open as this image has it. */
  ImageForm settledBy(ReadImage.Decoded image) {
    if (image.isVector() && layout != Layout.FLAT) {
      return this;
    }
    ImageShape own =
        layout == Layout.FLAT
            ? new ImageShape(image.values().count(), 1, 1)
            : new ImageShape(
                image.channels() < COLOURS ? 1 : COLOURS, image.height(), image.width());
    return new ImageForm(layout, size.or(own), pixels);
  }
}
