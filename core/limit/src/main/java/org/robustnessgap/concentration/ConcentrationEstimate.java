package org.robustnessgap.concentration;

/**
 * How much of the data is near one error set: an upper bound on what the data force on every
 * classifier of that risk, not a lower one, since another set may do with less.
 *
 * @param set made from training images and chosen by validation images
 * @param epsilon ε
 * @param validationRisk of the validation images those in the set; chosen on them, so without
 *     interval
 * @param validationExpanded those within ε of it, likewise
 * @param testRisk of the test images those in the set
 * @param testExpanded those within ε of it
 */
public record ConcentrationEstimate(
    ErrorSet set,
    double epsilon,
    Share validationRisk,
    Share validationExpanded,
    Share testRisk,
    Share testExpanded) {
  /** Chance that {@link #leastRisk} or {@link #forcedAtMost} is wrong, at most. */
  public static final double ERROR_RATE = 0.05;

  /** With {@link #forcedAtMost}: the set has at least this measure, at 95 % confidence for both. */
  public double leastRisk() {
    return testRisk.lower(ERROR_RATE);
  }

  /**
   * The data force no more adversarial risk than this at ε on a classifier of risk {@link
   * #leastRisk}, at 95 % confidence for both, if the test images are independent draws
   * (Clopper–Pearson, half of the error rate each).
   */
  public double forcedAtMost() {
    return testExpanded.upper(ERROR_RATE);
  }
}
