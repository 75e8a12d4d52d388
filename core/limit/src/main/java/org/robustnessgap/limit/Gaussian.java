package org.robustnessgap.limit;

import org.apache.commons.math3.analysis.integration.gauss.GaussIntegrator;
import org.apache.commons.math3.analysis.integration.gauss.GaussIntegratorFactory;
import org.apache.commons.statistics.distribution.NormalDistribution;

/** The standard normal distribution, and what isoperimetry says of a set of given measure. */
final class Gaussian {
  static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);

  /** Where a + t would round t away, quadrature is exact to the last digits. */
  private static final double SHORT = 0.1;

  private static final GaussIntegrator FIVE_POINTS = new GaussIntegratorFactory().legendre(5, 0, 1);

  private Gaussian() {}

  /**
   * a = Q⁻¹(m): the offset of the half-space of measure m.
   *
   * @param complement 1 − m, which keeps its digits where m is almost 1
   * @return −∞ if the complement is 0, +∞ if m is 0
   */
  static double offset(double measure, double complement) {
    return measure <= 0.5
        ? NORMAL.inverseSurvivalProbability(measure)
        : -NORMAL.inverseSurvivalProbability(complement);
  }

  /**
   * m − Q(a + t): at least so much of a set of measure m lies within t of its complement. An
   * equality for half-spaces. Relative error about 1e-13.
   *
   * @param offset a, finite
   * @param t at least 0
   */
  static double nearComplement(double offset, double t) {
    if (t * (1 + Math.abs(offset)) >= SHORT) {
      return NORMAL.probability(offset, offset + t);
    }
    // ∫ φ(a + s) ds from 0 to t, with φ(a + s) = φ(a) exp(−a s − s²/2).
    return NORMAL.density(offset)
        * t
        * FIVE_POINTS.integrate(u -> Math.exp(-u * t * (offset + u * t / 2)));
  }
}
