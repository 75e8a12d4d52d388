package org.robustnessgap.limit;

import org.apache.commons.math3.analysis.UnivariateFunction;
import org.apache.commons.math3.analysis.solvers.AllowedSolution;
import org.apache.commons.math3.analysis.solvers.BracketingNthOrderBrentSolver;
import org.robustnessgap.messages.InvalidInputException;

/** Inverts ascending functions. */
final class Roots {
  private static final double RELATIVE_ACCURACY = 1e-15;
  private static final double VALUE_ACCURACY = 1e-15;
  private static final int ORDER = 5;
  private static final int MOST_EVALUATIONS = 1000;

  private Roots() {}

  /**
   * The root of an ascending function that is negative at 0 and positive somewhere, approached from
   * above: the function is not negative there.
   */
  static double ascending(UnivariateFunction function) {
    double upper = 1;
    while (function.value(upper) < 0) {
      upper *= 2;
    }
    return new BracketingNthOrderBrentSolver(
            RELATIVE_ACCURACY, Double.MIN_NORMAL, VALUE_ACCURACY, ORDER)
        .solve(MOST_EVALUATIONS, function, 0, upper, AllowedSolution.ABOVE_SIDE);
  }

  static void requireProbability(double p) {
    if (!(p > 0 && p < 1)) {
      throw new InvalidInputException(
          "The quantile " + p + " must lie strictly between 0 and 1, for instance 0.25.");
    }
  }
}
