package org.robustnessgap.attack;

import java.util.Arrays;
import java.util.List;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.map.Vectors;
import org.robustnessgap.attack.metric.Metric;
import org.robustnessgap.attack.search.SearchProblem;
import org.robustnessgap.attack.search.SearchResult;

/**
 * An image that is known to have another label than a sample, from a search in another space: what
 * leads there is a perturbation in pixel space too.
 *
 * @param label its own
 */
record KnownImage(float[] image, int label) {
  /**
   * The shortest of all, at the cost of the pixel search.
   *
   * @param own what that search found
   * @param problem that it was to solve
   * @param sample which one
   */
  static SearchResult shortest(
      SearchResult own, List<KnownImage> known, SearchProblem problem, int sample) {
    if (own instanceof SearchResult.Tie) {
      return own;
    }
    Metric metric = problem.metric();
    SearchResult shortest = own;
    for (KnownImage candidate : known) {
      float[] perturbation = Vectors.sum(candidate.image(), problem.samples().row(sample), -1);
      double length =
          metric.lengths(new int[] {sample}, new Rows(perturbation, perturbation.length))[0];
      boolean allowed = Arrays.equals(metric.allowed(sample, perturbation), perturbation);
      if (allowed && shortest.found().map(f -> length < f.distance()).orElse(true)) {
        shortest =
            new SearchResult.Found(
                candidate.image(),
                length,
                candidate.label(),
                Double.NaN,
                own.gradients(),
                own.forwards());
      }
    }
    return shortest;
  }
}
