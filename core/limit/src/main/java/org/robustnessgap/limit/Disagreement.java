package org.robustnessgap.limit;

import org.robustnessgap.limit.ClopperPearson.End;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.StableApi;

/**
 * How often two classifiers give different labels, δ = P(f(g(z)) ≠ h(g(z))), from labelled samples.
 *
 * @param differing samples with two different labels
 * @param samples all of them, at least 1
 */
@StableApi
public record Disagreement(long differing, long samples) {
  private static final double ERROR_RATE = 0.05;

  public Disagreement {
    if (samples < 1 || differing < 0 || differing > samples) {
      throw new InvalidInputException(
          "Two classifiers cannot differ on "
              + differing
              + " of "
              + samples
              + " samples; count them again.");
    }
  }

  /** The observed fraction. */
  public double observed() {
    return (double) differing / samples;
  }

  /** The lower end of the 95 % Clopper–Pearson interval. */
  public double lower() {
    return lower(ERROR_RATE);
  }

  /** The upper end of it: what a cautious transfer limit takes for δ. */
  public double upper() {
    return upper(ERROR_RATE);
  }

  /** The lower end of the two-sided interval with this error rate, in (0, 1). */
  public double lower(double errorRate) {
    return new ClopperPearson(End.LOWER, errorRate).of(differing, samples);
  }

  /** The upper end of it. */
  public double upper(double errorRate) {
    return new ClopperPearson(End.UPPER, errorRate).of(differing, samples);
  }

  static void requireFraction(double disagreement) {
    if (!(disagreement >= 0 && disagreement <= 1)) {
      throw new InvalidInputException(
          "The disagreement " + disagreement + " is no fraction; give a number from 0 to 1.");
    }
  }
}
