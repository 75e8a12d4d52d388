package org.robustnessgap.messages;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a classifier's file wants of the images it is given. Everything may be left out.
 *
 * @param layout null for the one that the shape of its input tells, else that of the pixels
 * @param type of its values; null for that of its input; a file that takes integers is given pixels
 *     rounded to them, unless this is {@link PixelType#FLOAT}
 * @param range what black and white become, before the mean is subtracted; null for [0, 255] if its
 *     input takes integers, else that of the pixels
 * @param mean subtracted: one number, or one for each of the file's channels, in their order; null
 *     for 0
 * @param std then divided by: likewise, positive; null for 1
 * @param colour order of its channels; null for grey if it has one, else {@link Colour#RGB}
 */
@OmitEmpty
@StableApi
public record ModelInput(
    @Nullable Layout layout,
    @Nullable PixelType type,
    @Nullable PixelRange range,
    @Nullable List<Double> mean,
    @Nullable List<Double> std,
    @Nullable Colour colour) {
  /** What the file itself tells, and no more. */
  public static final ModelInput STANDARD = new ModelInput(null, null, null, null, null, null);

  public ModelInput {
    if (mean != null) {
      mean = Checks.notEmpty(mean, "mean");
      mean.forEach(value -> Checks.finite(value, "a number of the mean"));
    }
    if (std != null) {
      std = Checks.notEmpty(std, "standard deviation");
      std.forEach(value -> Checks.positive(value, "a number of the standard deviation"));
    }
  }
}
