package org.robustnessgap.campaign.quantile;

/**
 * How a quantile of distances changed, relative to what it was: −0.1 is a tenth less.
 *
 * @param quantile p, in (0, 1)
 * @param before what it was; +∞ where that sample's distance is beyond every distance
 * @param after what it is
 * @param change after / before − 1, in [−1, +∞]; 0 where both are the same
 * @param lower lower end of its interval
 * @param upper upper end of it
 */
public record QuantileChange(
    double quantile, double before, double after, double change, double lower, double upper) {
  /**
   * Whether the loss is certainly more than what is tolerated.
   *
   * @param tolerance the largest relative loss that is accepted, at least 0
   */
  public boolean isLossBeyond(double tolerance) {
    return upper < -tolerance;
  }
}
