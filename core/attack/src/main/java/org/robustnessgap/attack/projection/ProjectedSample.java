package org.robustnessgap.attack.projection;

import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.Outcome;

/**
 * What was measured of the nearest-point classifier f̃ at one image x = g(z).
 *
 * @param ordinal the sample's number
 * @param outcome r_unc(f̃), and what the searches for it and for the inversion cost; gradients are
 *     vector–Jacobian products of g or f∘g, forwards are evaluations of them
 * @param inDistribution r_in(f): the smallest ‖g(z*) − x‖ with another label that any search came
 *     across; NaN if none
 * @param excess e = ‖g(z*) − (x + v)‖ − ‖v‖ at the perturbation v that was found: positive only if
 *     the search for z* failed to come as near as z itself; NaN if none was found
 * @param inversion how well x is found again without knowledge of z; null if x is not finite
 */
public record ProjectedSample(
    long ordinal,
    Outcome outcome,
    double inDistribution,
    double excess,
    @Nullable Inversion inversion) {

  /**
   * Searches for z from starts that do not know it.
   *
   * @param starts how many
   * @param residual the smallest ‖g(z*) − x‖ they reach
   * @param keepsLabel whether f answers there as at x
   * @param disagreeing from how many starts a point with another label is reached
   */
  public record Inversion(int starts, double residual, boolean keepsLabel, int disagreeing) {}
}
