package org.robustnessgap.attack.plausibility;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.messages.Suspicion;
import org.robustnessgap.onnx.input.ImpliedRange;

/** Whether images are what a classifier is made for, as far as it tells. */
public final class PixelPlausibility {
  /** Fewer images may all be dark, or all the same. */
  private static final int LEAST_SAMPLES = 4;

  /** How far a generator may miss the range, relative to its width. */
  private static final double OVERSHOOT = 0.25;

  /** The share of pixels that may lie farther out. */
  private static final double STRAY = 0.01;

  /** Images that use a smaller part of the range have another: 0 to 1 of 255, −1 to 1 of 255. */
  private static final double LEAST_PART = 0.02;

  /** What is taken for rounding, relative to the range's width. */
  private static final double SLACK = 0.01;

  private static final PixelRange UNIT = new PixelRange(0, 1);
  private static final PixelRange SIGNED = new PixelRange(-1, 1);
  private static final PixelRange LEVELS = new PixelRange(0, 255);

  private PixelPlausibility() {}

  /**
   * Compares a batch with what is expected of it.
   *
   * @param ranges each of which the images should fit
   */
  public static Optional<Suspicion> of(String classifier, Rows images, List<ImpliedRange> ranges) {
    if (images.count() < LEAST_SAMPLES) {
      return Optional.empty();
    }
    Span span = Span.of(images);
    return ranges.stream()
        .filter(expected -> !span.isPlausible(images, expected.range()))
        .findFirst()
        .map(expected -> suspicion(classifier, span, expected));
  }

  private static Suspicion suspicion(String classifier, Span span, ImpliedRange expected) {
    PixelRange own = span.likely();
    String options =
        ("--range="
                + (own == null ? "LOW,HIGH " : ImpliedRange.option(own) + " ")
                + expected.remedy())
            .strip();
    return new Suspicion(
        Suspicion.Kind.PIXEL_RANGE,
        String.format(
            "%s: the images span %s, but pixels in %s are expected (%s), so its labels may mean nothing; say what both are with %s (in a campaign: \"input\").",
            classifier,
            span.describe(),
            ImpliedRange.text(expected.range()),
            expected.because(),
            options));
  }

  /** The least and the largest finite pixel of all images; +∞ and −∞ if there is none. */
  private record Span(double lower, double upper) {
    static Span of(Rows images) {
      double lower = Double.POSITIVE_INFINITY;
      double upper = Double.NEGATIVE_INFINITY;
      for (float pixel : images.values()) {
        if (Float.isFinite(pixel)) {
          lower = Math.min(lower, pixel);
          upper = Math.max(upper, pixel);
        }
      }
      return new Span(lower, upper);
    }

    boolean isPlausible(Rows images, PixelRange range) {
      double width = range.upper() - range.lower();
      boolean isTiny = upper - lower < LEAST_PART * width;
      return lower > upper || !isTiny && !isBeyond(images, range) && !isUpperHalf(range);
    }

    private static boolean isBeyond(Rows images, PixelRange range) {
      double margin = OVERSHOOT * (range.upper() - range.lower());
      long beyond = 0;
      for (float pixel : images.values()) {
        if (pixel < range.lower() - margin || pixel > range.upper() + margin) {
          beyond++;
        }
      }
      return beyond > STRAY * images.values().length;
    }

    /** Images in [0, 1] where [−1, 1] is expected: they come close to its middle, never below. */
    private boolean isUpperHalf(PixelRange range) {
      double slack = SLACK * (range.upper() - range.lower());
      return Math.abs(range.lower() + range.upper()) <= slack
          && lower >= -slack
          && lower <= range.upper() / 4
          && upper >= range.upper() / 2;
    }

    /** What the pixels probably are; null if nothing usual. */
    @Nullable PixelRange likely() {
      if (lower >= -0.1 && upper <= 1.1) {
        return UNIT;
      }
      if (lower >= -1.2 && upper <= 1.2) {
        return SIGNED;
      }
      return lower >= -5 && upper > 2 && upper <= 260 ? LEVELS : null;
    }

    String describe() {
      return ImpliedRange.text(new PixelRange(lower, Math.max(upper, Math.nextUp(lower))));
    }
  }
}
