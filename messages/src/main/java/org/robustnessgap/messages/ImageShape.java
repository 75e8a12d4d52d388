package org.robustnessgap.messages;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The size of one image; −1 where it is unknown.
 *
 * @param channels of a vector, its length
 * @param height of a vector, 1
 * @param width of a vector, 1
 */
public record ImageShape(long channels, long height, long width) {
  private static final long OPEN = -1;

  /** Nothing is known. */
  public static final ImageShape UNKNOWN = new ImageShape(OPEN, OPEN, OPEN);

  /**
   * @param shape of one image, without the batch
   * @param layout of as many axes
   */
  public static ImageShape of(List<Long> shape, Layout layout) {
    return switch (layout) {
      case NCHW -> new ImageShape(shape.get(0), shape.get(1), shape.get(2));
      case NHWC -> new ImageShape(shape.get(2), shape.get(0), shape.get(1));
      case NHW -> new ImageShape(1, shape.get(0), shape.get(1));
      case FLAT -> new ImageShape(shape.get(0), 1, 1);
    };
  }

  /** The shape of one image. */
  public List<Long> in(Layout layout) {
    return switch (layout) {
      case NCHW -> List.of(channels, height, width);
      case NHWC -> List.of(height, width, channels);
      case NHW -> List.of(height, width);
      case FLAT -> List.of(values());
    };
  }

  /**
   * The layout that a shape tells by its number of axes and by where it has 1 or 3 channels.
   *
   * @param shape of one image, without the batch
   * @return null where a shape of three axes does not tell
   */
  public static @Nullable Layout layout(List<Long> shape) {
    if (shape.size() != 3) {
      return shape.size() == 1 ? Layout.FLAT : Layout.NHW;
    }
    boolean first = mayBeChannels(shape.get(0));
    boolean last = mayBeChannels(shape.get(2));
    return first == last ? null : first ? Layout.NCHW : Layout.NHWC;
  }

  /** The same, and another where the shape does not tell. */
  public static Layout layout(List<Long> shape, Layout otherwise) {
    Layout told = layout(shape);
    return told == null ? otherwise : told;
  }

  private static boolean mayBeChannels(long size) {
    return size == 1 || size == 3;
  }

  /** How many axes an image has. */
  public static int axes(Layout layout) {
    return UNKNOWN.in(layout).size();
  }

  /** How many values an image has; −1 where a size is open. */
  public long values() {
    return isKnown() ? channels * height * width : OPEN;
  }

  /** Whether no size is open. */
  public boolean isKnown() {
    return channels > 0 && height > 0 && width > 0;
  }

  /** Whether both are the same as far as they are known. */
  public boolean fits(ImageShape other) {
    return fits(channels, other.channels) && fitsHeightAndWidth(other);
  }

  /** The same without the channels. */
  public boolean fitsHeightAndWidth(ImageShape other) {
    return fits(height, other.height) && fits(width, other.width);
  }

  private static boolean fits(long one, long other) {
    return one < 0 || other < 0 || one == other;
  }

  /** What is unknown here, from there. */
  public ImageShape or(ImageShape other) {
    return new ImageShape(
        channels < 0 ? other.channels : channels,
        height < 0 ? other.height : height,
        width < 0 ? other.width : width);
  }
}
