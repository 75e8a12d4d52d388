package org.robustnessgap.messages;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the pixels of a generator or of data are: the space in which images are perturbed and
 * distances measured. Everything may be left out.
 *
 * @param layout null for the one that the shape of the images tells, by where it has 1 or 3
 *     channels; else {@link Layout#NCHW}
 * @param type null for {@link PixelType#FLOAT}; a classifier of {@link PixelType#UINT8} pixels sees
 *     them rounded to the nearest level
 * @param range the values that stand for black and white; null for [0, 1], or [0, 255] of uint8
 * @param colour null for grey if there is one channel, else {@link Colour#RGB}
 */
@OmitEmpty
@StableApi
public record PixelSpace(
    @Nullable Layout layout, PixelType type, PixelRange range, @Nullable Colour colour) {
  /** Images as most generators make them: real numbers in [0, 1]. */
  public static final PixelSpace STANDARD = new PixelSpace(null, null, null, null);

  /** The largest of 256 levels counted from 0. */
  public static final int LEVELS = 255;

  /** Null where nothing is said. */
  public PixelSpace(
      @Nullable Layout layout,
      @Nullable PixelType type,
      @Nullable PixelRange range,
      @Nullable Colour colour) {
    this.layout = layout;
    this.type = type == null ? PixelType.FLOAT : type;
    this.range = range == null ? new PixelRange(0, type == PixelType.UINT8 ? LEVELS : 1) : range;
    this.colour = colour;
  }

  /** Whether both may be said of the same images: nothing that both state differs. */
  public boolean agreesWith(PixelSpace other) {
    return type == other.type
        && range.equals(other.range)
        && (layout == null || other.layout == null || layout == other.layout)
        && (colour == null || other.colour == null || colour == other.colour);
  }

  /** For people, whether anything is declared or not (null). */
  public static String text(@Nullable PixelSpace declared) {
    return declared == null ? "the classifier's input as it is" : declared.describe();
  }

  /** For people, for instance {@code NCHW float in [0, 1]}. */
  public String describe() {
    return String.format(
        Locale.ROOT,
        "%s%s%s in %s",
        layout == null ? "" : layout + " ",
        colour == null ? "" : colour + " ",
        type,
        range.describe());
  }
}
