package org.robustnessgap.limit;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.robustnessgap.messages.StableApi;

/**
 * The closed forms of Fawzi, Fawzi, Fawzi 2018: P(r ≤ t) ≥ 1 − √(π/2) exp(−t²/2 − c t) − s. Weaker
 * than {@link LatentLimit} and {@link TransferLimit}, which need no assumption; they show how
 * little the limit depends on anything but t. Latent space: for a generator with modulus of
 * continuity ω, t = ω⁻¹(η). Immutable.
 */
@StableApi
public final class ClosedFormLimit implements LimitCurve {
  private static final double LEADING = Math.sqrt(Math.PI / 2);
  private static final int LEAST_CLASSES = 5;

  /** c. */
  private final double slope;

  /** s, what is subtracted. */
  private final double loss;

  private ClosedFormLimit(double slope, double loss) {
    this.slope = slope;
    this.loss = loss;
  }

  /** (L2), Theorem 1, equation 3: 1 − √(π/2) e^(−t²/2) if no class has a measure above ½. */
  public static Statement<ClosedFormLimit> balanced(ClassMeasures measures) {
    double largest = measures.largest();
    return largest <= 0.5
        ? new Statement.Holds<>(new ClosedFormLimit(0, 0))
        : new Statement.NotApplicable<>(
            String.format(
                Locale.ROOT, "a class has measure %.6g, and none may exceed 0.5", largest));
  }

  /**
   * (L3), Theorem 1, equation 4: the same times e^(−t √(log(K²/(4π log K)))) if K ≥ 5 classes have
   * equal measure. The printed formula has η in the last exponent where its own proof needs t =
   * ω⁻¹(η).
   */
  public static Statement<ClosedFormLimit> equiprobable(ClassMeasures measures) {
    return requiringManyEqual(measures)
        .<Statement<ClosedFormLimit>>map(Statement.NotApplicable::new)
        .orElseGet(
            () -> {
              double k = measures.classes();
              double slope = Math.sqrt(Math.log(k * k / (4 * Math.PI * Math.log(k))));
              return new Statement.Holds<>(new ClosedFormLimit(slope, 0));
            });
  }

  /**
   * (L5), Theorem 3: two classifiers that disagree on at most a fraction δ of the data share a
   * perturbation of at most t for a fraction 1 − √(π/2) e^(−t²/2) − 2δ, if m_i + δ ≤ ½ for all
   * classes of the first.
   *
   * @param disagreement δ, in [0, 1]
   * @throws org.robustnessgap.messages.InvalidInputException if δ is no such number
   */
  public static Statement<ClosedFormLimit> transfer(ClassMeasures measures, double disagreement) {
    Disagreement.requireFraction(disagreement);
    double largest = measures.largest();
    return largest + disagreement <= 0.5
        ? new Statement.Holds<>(new ClosedFormLimit(0, 2 * disagreement))
        : new Statement.NotApplicable<>(
            String.format(
                Locale.ROOT,
                "a class has measure %.6g, which with the disagreement %.6g exceeds 0.5",
                largest,
                disagreement));
  }

  /** Why closed forms in K say nothing of these classes; empty if they do. */
  static Optional<String> requiringManyEqual(ClassMeasures measures) {
    if (measures.classes() < LEAST_CLASSES) {
      return Optional.of("there are " + measures.classes() + " classes, and at least 5 are needed");
    }
    return measures.areEqual()
        ? Optional.empty()
        : Optional.of("the classes do not have equal measure");
  }

  /** The formula as it stands, which may be negative and then says nothing. */
  public double raw(double t) {
    return 1 - LEADING * Math.exp(-t * (t / 2 + slope)) - loss;
  }

  @Override
  public double probability(double t) {
    return Math.max(0, raw(t));
  }

  @Override
  public OptionalDouble quantile(double p) {
    Roots.requireProbability(p);
    double left = 1 - p - loss;
    if (left <= 0) {
      return OptionalDouble.empty();
    }
    // The positive root of t²/2 + c t = log(√(π/2) / left), written without cancellation.
    double exponent = 2 * Math.log(LEADING / left);
    return OptionalDouble.of(exponent / (slope + Math.sqrt(slope * slope + exponent)));
  }
}
