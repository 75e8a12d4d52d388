package org.robustnessgap.limit;

import org.robustnessgap.messages.StableApi;

/**
 * Theorem 2 of Fawzi, Fawzi, Fawzi 2018: f̃(x) = f(g(z*)), z* = argmin_z ‖g(z) − x‖, answers as f
 * does on every image g(z) and has r_unc(f̃) ≥ ½ r_in(f). So no limit on r_unc that holds for every
 * classifier can be below half of one on r_in.
 */
@StableApi
public final class NearestPoint {
  private NearestPoint() {}

  /**
   * What r_unc(f̃) is at least at an image g(z), also where the search for z* is imperfect. For a
   * perturbation v that changes the label, ‖g(z*) − g(z)‖ ≤ ‖g(z*) − (g(z) + v)‖ + ‖v‖ ≤ 2‖v‖ + e,
   * and r_in is at most the left side.
   *
   * @param inDistribution r_in(f) there, or a lower bound on it
   * @param excess e: by how much the point found is farther from g(z) + v than g(z) is; 0 if the
   *     search starts at z, as it never moves away
   */
  public static double leastUnconstrained(double inDistribution, double excess) {
    return Math.max(0, (inDistribution - Math.max(0, excess)) / 2);
  }
}
