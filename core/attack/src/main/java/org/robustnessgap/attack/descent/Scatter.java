package org.robustnessgap.attack.descent;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.robustnessgap.attack.map.Logits;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.map.Vectors;
import org.robustnessgap.attack.metric.Metric;
import org.robustnessgap.attack.search.SearchProblem;

/**
 * Looks at random points nearer to samples than what was reached. Where the space has few
 * dimensions this comes upon parts of the boundary that no gradient leads to; where it has many it
 * finds nothing.
 */
final class Scatter {
  static final int POINTS = 48;

  /** In so many one random direction in fifty is still within 60° of a given one. */
  private static final int MOST_DIMENSIONS = 16;

  /** Spreads seeds over all longs. */
  private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

  /** How much nearer the points are at least, so that what is found is worth a descent. */
  private static final double NEARER = 0.98;

  private final SearchProblem problem;
  private final Metric metric;
  private final Rows start;
  private final long seed;

  /**
   * @param seed of the random points
   */
  Scatter(SearchProblem problem, long seed) {
    this.problem = problem;
    this.metric = problem.metric();
    this.start = problem.samples();
    this.seed = seed;
  }

  /**
   * @param shortest the shortest descent of each sample
   * @param round of several; each has points of its own, determined by the sample alone
   * @return descents from points with another label; none where the space has many dimensions
   */
  List<Descent> around(List<Descent> shortest, int round) {
    List<Descent> found = new ArrayList<>();
    if (start.width() > MOST_DIMENSIONS) {
      return found;
    }
    for (Descent known : shortest) {
      int[] indices = new int[POINTS];
      Arrays.fill(indices, known.index());
      List<float[]> points = points(known, indices, round);
      Logits logits = problem.logits(start.plus(indices, points), indices);
      double[] lengths = metric.lengths(indices, Rows.of(points, start.width()));
      int best = -1;
      for (int i = 0; i < POINTS; i++) {
        if (logits.isFinite(i)
            && logits.label(i) != known.sample().label()
            && lengths[i] < known.reached().length()
            && (best < 0 || lengths[i] < lengths[best])) {
          best = i;
        }
      }
      if (best >= 0) {
        found.add(new Descent(known.sample(), points.get(best), lengths[best], logits.label(best)));
      }
    }
    return found;
  }

  /** Uniform directions at lengths up to that of what was reached. */
  private List<float[]> points(Descent known, int[] indices, int round) {
    SplittableRandom random =
        new SplittableRandom(
            31L * Arrays.hashCode(start.row(known.index())) + round + GOLDEN_RATIO * seed);
    List<float[]> directions = new ArrayList<>();
    for (int i = 0; i < POINTS; i++) {
      float[] direction = new float[start.width()];
      for (int j = 0; j < direction.length; j++) {
        direction[j] = (float) random.nextGaussian();
      }
      directions.add(
          Vectors.scaled(direction, Vectors.norm(known.perturbation()) / Vectors.norm(direction)));
    }
    double[] lengths = metric.lengths(indices, Rows.of(directions, start.width()));
    for (int i = 0; i < POINTS; i++) {
      double share =
          NEARER * known.reached().length() / lengths[i] * Math.sqrt(random.nextDouble());
      directions.set(i, metric.allowed(known.index(), Vectors.scaled(directions.get(i), share)));
    }
    return directions;
  }
}
