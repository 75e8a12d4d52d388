package org.robustnessgap.limit;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.robustnessgap.messages.StableApi;

/**
 * The limit of {@link ImageLimit} where the supremum over radii cannot flatter it: for each
 * quantile p the radius is chosen on some latent vectors, and the distance read off others. The
 * radius is then independent of what decides, so the confidence limit of p(t, η) at this one radius
 * needs no correction for the many that were tried: with its confidence, no smaller distance than
 * η_p is right for the radius, hence none below the supremum's. A bad choice makes the limit
 * larger, never wrong. As {@code ImageLimit}, it is {@code estimated} because of D_t.
 *
 * <p>The radius of a larger p may reach a smaller distance than that of a smaller p. Quantiles stay
 * as they are, each with its confidence; the curve ascends and keeps to the larger distance. Not
 * thread-safe: confidence limits are remembered.
 */
@StableApi
public final class ChosenRadiusLimit implements LimitCurve {
  /** Probabilities that the curve takes are multiples of one over this. */
  private static final int LEVELS = 400;

  private final LimitCurve latent;
  private final double[] reached;
  private final ProbabilisticModulus choosing;
  private final ProbabilisticModulus deciding;
  private final ClopperPearson exceedance;

  /** Confidence limits by number of samples and how many of them exceed; 0 if not yet known. */
  private final Map<Integer, double[]> uppers = new HashMap<>();

  /** Largest distance up to each level; infinite where none reaches it. */
  private final double[] distances = new double[LEVELS];

  /**
   * @param choosing D_t(z) that choose the radius
   * @param deciding D_t(z) at the same radii that decide, of other z
   * @param exceedance how p(t, η) is read off them
   */
  public ChosenRadiusLimit(
      LimitCurve latent,
      ProbabilisticModulus choosing,
      ProbabilisticModulus deciding,
      ClopperPearson exceedance) {
    this.latent = latent;
    this.choosing = choosing;
    this.deciding = deciding;
    this.exceedance = exceedance;
    this.reached = new double[deciding.size()];
    for (int i = 0; i < reached.length; i++) {
      reached[i] = latent.probability(deciding.radius(i));
    }
    for (int level = 1; level < LEVELS; level++) {
      distances[level] = Math.max(distances[level - 1], distance((double) level / LEVELS));
    }
  }

  @Override
  public double probability(double distance) {
    int level = 0;
    while (level + 1 < LEVELS && distances[level + 1] <= distance) {
      level++;
    }
    return (double) level / LEVELS;
  }

  @Override
  public OptionalDouble quantile(double p) {
    Roots.requireProbability(p);
    double distance = distance(p);
    return distance < Double.POSITIVE_INFINITY
        ? OptionalDouble.of(distance)
        : OptionalDouble.empty();
  }

  /**
   * The radius t that decides a quantile.
   *
   * @return empty if no radius reaches it
   */
  public OptionalDouble radius(double p) {
    int chosen = chosen(p);
    return chosen < 0 ? OptionalDouble.empty() : OptionalDouble.of(deciding.radius(chosen));
  }

  private double distance(double p) {
    int chosen = chosen(p);
    return chosen < 0
        ? Double.POSITIVE_INFINITY
        : deciding.exceededBy(chosen, mostExceeding(chosen, p));
  }

  /** The radius that promises the smallest distance; −1 if none can reach p. */
  private int chosen(double p) {
    int chosen = -1;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < reached.length; i++) {
      int exceeding = mostExceeding(i, p);
      if (exceeding >= 0) {
        double fraction = (exceeding + 0.5) / (deciding.samples(i) + 1);
        double promised = choosing.logNormalQuantile(i, fraction);
        if (promised < least) {
          least = promised;
          chosen = i;
        }
      }
    }
    return chosen;
  }

  /** How many deciding samples may exceed a distance that this radius still proves p for; or −1. */
  private int mostExceeding(int i, double p) {
    int samples = deciding.samples(i);
    int proving = -1;
    int failing = samples + 1;
    while (failing - proving > 1) {
      int middle = (proving + failing) >>> 1;
      if (reached[i] - latent.held(upper(middle, samples)) >= p) {
        proving = middle;
      } else {
        failing = middle;
      }
    }
    return proving;
  }

  private double upper(int exceeding, int samples) {
    double[] known = uppers.computeIfAbsent(samples, n -> new double[n + 1]);
    if (known[exceeding] == 0) {
      known[exceeding] = exceedance.of(exceeding, samples);
    }
    return known[exceeding];
  }
}
