package org.robustnessgap.messages;

import java.util.List;
import java.util.OptionalLong;

/**
 * How the generator's modulus of continuity is estimated: D_t(z) = max over ‖r‖ ≤ t of ‖g(z+r) −
 * g(z)‖ by normalised gradient ascent along paths through all radii (theory: probabilistic modulus
 * of continuity).
 *
 * @param radii the radii t, ascending
 * @param samples latent vectors to examine, the first of the campaign; 1 to 100,000
 * @param restarts paths of the ascent; each second one starts opposite of the one before
 * @param steps ascent steps of each path at each radius
 * @param batchSize latent vectors in one job
 */
public record SmoothnessPlan(
    List<Double> radii, long samples, int restarts, int steps, int batchSize) implements JobPlan {
  /** The bound service holds a number of each, for each radius; more tell hardly more. */
  private static final long MOST_SAMPLES = 100_000;

  public SmoothnessPlan {
    radii = ascending(radii);
    Checks.atLeast(samples, 1, "smoothness samples");
    Checks.check(
        samples <= MOST_SAMPLES,
        "smoothness samples is %d but must be at most %d",
        samples,
        MOST_SAMPLES);
    Checks.atLeast(restarts, 1, "restarts");
    Checks.atLeast(steps, 1, "ascent steps");
    Checks.atLeast(batchSize, 1, "batch size");
  }

  @Override
  public OptionalLong end(SamplingPlan sampling) {
    return OptionalLong.of(samples);
  }

  @Override
  public int batchSize(SamplingPlan sampling) {
    return batchSize;
  }

  @Override
  public Job cut(Campaign campaign, JobId id, LatentBatch latents) {
    return new Job.Smoothness(id, campaign.source(), this, latents);
  }

  /** A copy of the radii, once they are known to be positive and ascending. */
  static List<Double> ascending(List<Double> radii) {
    List<Double> copy = Checks.notEmpty(radii, "list of radii");
    double previous = 0;
    for (double radius : copy) {
      Checks.finite(radius, "radius");
      Checks.check(
          radius > previous,
          "radius %s comes after %s, but radii must be positive and ascending",
          radius,
          previous);
      previous = radius;
    }
    return copy;
  }

  /**
   * Radii from 0.02 to 1, each 1.19 times the one before: at quantiles 0.05 to 0.5, for 2 to 1000
   * equal classes, the limit is decided there. Of log-normal displacements as spread as the shipped
   * CIFAR-10 generator's, a thousand samples would find a limit at most 3 % lower if radii lay
   * arbitrarily close. docs/explanation/theory.md shows what more restarts and steps change.
   */
  public static SmoothnessPlan standard(long samples) {
    return new SmoothnessPlan(
        List.of(
            0.02, 0.024, 0.028, 0.033, 0.04, 0.047, 0.056, 0.066, 0.079, 0.093, 0.11, 0.13, 0.155,
            0.18, 0.21, 0.25, 0.3, 0.355, 0.42, 0.5, 0.59, 0.7, 0.84, 1.0),
        samples,
        2,
        1,
        64);
  }
}
