package org.robustnessgap.messages;

/**
 * The values that a pixel may have. A perturbed image stays within; a pixel that the generator puts
 * outside stays where it is or moves inwards.
 *
 * @param lower least value
 * @param upper largest value
 */
@StableApi
public record PixelRange(double lower, double upper) {
  public PixelRange {
    Checks.finite(lower, "lower end of the pixel range");
    Checks.finite(upper, "upper end of the pixel range");
    Checks.check(
        lower < upper,
        "the pixel range starts at %s but ends at %s, which is not more",
        lower,
        upper);
  }

  /** For people, for instance {@code [-1, 1]}. */
  public String describe() {
    return "[" + number(lower) + ", " + number(upper) + "]";
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
