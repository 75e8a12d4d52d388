package org.robustnessgap.distance;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jgrapht.Graph;
import org.jgrapht.alg.matching.KuhnMunkresMinimalWeightBipartitePerfectMatching;
import org.jgrapht.graph.DefaultWeightedEdge;
import org.jgrapht.graph.SimpleWeightedGraph;
import org.robustnessgap.messages.InvalidInputException;

/**
 * The 1-Wasserstein distance W₁(μ, ν) in the ℓ2 norm, from n points drawn independently from each
 * of μ and ν.
 *
 * <p>The distance of the samples is in expectation not below that of the distributions: W₁ is the
 * largest E_μ h − E_ν h over the functions h with Lipschitz constant 1 (Kantorovich and
 * Rubinstein), the means over the samples are unbiased for every h, and a largest value is convex.
 * In high dimensions it is far above, by what shrinks as slowly as n^(−1/m) (Dudley 1969).
 */
public final class Wasserstein {
  /** The assignment holds n² numbers several times over. */
  public static final int MOST_POINTS = 2000;

  private Wasserstein() {}

  /**
   * W₁ of the samples themselves, by the optimal assignment of one to the other.
   *
   * @param a n points
   * @param b as many of the same dimension
   * @throws InvalidInputException if their numbers differ or are not between 1 and {@link
   *     #MOST_POINTS}, or if a value is not finite
   */
  public static double ofSamples(float[][] a, float[][] b) {
    requireAlike(a, b);
    int n = a.length;
    if (n > MOST_POINTS) {
      throw new InvalidInputException(
          n + " points are too many to assign, " + MOST_POINTS + " are the most; take fewer.");
    }
    Graph<Integer, DefaultWeightedEdge> graph =
        new SimpleWeightedGraph<>(DefaultWeightedEdge.class);
    Set<Integer> left = new LinkedHashSet<>();
    Set<Integer> right = new LinkedHashSet<>();
    for (int i = 0; i < n; i++) {
      left.add(i);
      right.add(n + i);
      graph.addVertex(i);
      graph.addVertex(n + i);
    }
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        graph.setEdgeWeight(graph.addEdge(i, n + j), Euclidean.distance(a[i], b[j]));
      }
    }
    return new KuhnMunkresMinimalWeightBipartitePerfectMatching<>(graph, left, right)
            .getMatching()
            .getWeight()
        / n;
  }

  /**
   * What W₁(μ, ν) is at most with probability 1 − α, given that of the samples: another point in
   * place of one changes the latter by at most D/n, so it falls below its expectation by more than
   * D √(ln(1/α)/n) with probability α at most (McDiarmid 1989).
   *
   * @param ofSamples what {@link #ofSamples} gave
   * @param points n, drawn from each distribution
   * @param diameter D, the largest distance of two points that either distribution can yield
   * @param errorRate α
   */
  public static double upper(double ofSamples, int points, double diameter, double errorRate) {
    return ofSamples + diameter * Math.sqrt(-Math.log(errorRate) / points);
  }

  static void requireAlike(float[][] a, float[][] b) {
    if (a.length == 0 || a.length != b.length) {
      throw new InvalidInputException(
          String.format(
              "%d points cannot be compared with %d; take as many of both, at least one.",
              a.length, b.length));
    }
    if (a[0].length != b[0].length) {
      throw new InvalidInputException(
          String.format(
              "Points of %d values cannot be compared with points of %d; do they belong together?",
              a[0].length, b[0].length));
    }
    requireFinite(a);
    requireFinite(b);
  }

  private static void requireFinite(float[][] points) {
    for (int i = 0; i < points.length; i++) {
      for (float value : points[i]) {
        if (!Float.isFinite(value)) {
          throw new InvalidInputException(
              String.format(
                  "Point %d holds %s, which has no distance; check the generator and the images.",
                  i, value));
        }
      }
    }
  }
}
