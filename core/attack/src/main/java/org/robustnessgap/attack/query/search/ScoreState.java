package org.robustnessgap.attack.query.search;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.map.Vectors;
import org.robustnessgap.attack.metric.Metric;

/** What is known of one sample from scores: where the search stands, and slopes there. */
final class ScoreState {
  /** By how much slopes are doubted where the sample was as far as the perturbation is long. */
  private static final double DRIFT = 0.1;

  /** How far probes may have to reach, in units of how far the first do. */
  private static final double FARTHEST = 300;

  final int sample;
  final int label;
  final SplittableRandom random;
  final double originMargin;
  final Map<Integer, Slope> slopes = new LinkedHashMap<>();
  float[] perturbation;

  /** Of the perturbation, in the basis. */
  double[] coefficients;

  float[] scores;

  /** The shortest with another label; null while none is found. */
  float @Nullable [] best;

  /** Of the best. */
  double length;

  /** From where the search last looked for a nearer point. */
  private Metric.@Nullable Place place;

  boolean unusable;

  /** How far probes reach. */
  double reach;

  /** Nearer ones tell nothing, where pixels or scores are rounded; 0 where they are not. */
  double leastReach;

  /** No probe reaches farther, though none before changed a score. */
  final double farthestReach;

  /** Whether any probe changed any score. */
  boolean moved;

  /** Moves that led nowhere nearer, in a row. */
  int rejected;

  int moves;
  int probedSinceMove;

  /**
   * Change of every score along a vector of the basis.
   *
   * @param doubt share of the squared slope that may have changed since
   */
  record Slope(float[] perClass, double doubt) {}

  ScoreState(
      int sample,
      int label,
      float[] scores,
      double originMargin,
      int width,
      double reach,
      SplittableRandom random) {
    this.sample = sample;
    this.label = label;
    this.scores = scores;
    this.originMargin = originMargin;
    this.perturbation = new float[width];
    this.coefficients = new double[width];
    this.reach = reach;
    this.farthestReach = FARTHEST * reach;
    this.random = random;
  }

  /** f_k − f_label where the search stands. */
  double margin(int rival) {
    return (double) scores[rival] - scores[label];
  }

  double slope(Slope slope, int rival) {
    return (double) slope.perClass()[rival] - slope.perClass()[label];
  }

  /** ‖slope of the margin‖² as far as it is known. */
  double squaredSlope(int rival) {
    double sum = 0;
    for (Slope slope : slopes.values()) {
      sum += slope(slope, rival) * slope(slope, rival);
    }
    return sum;
  }

  /** The rival whose tangent plane is nearest to the sample; −1 if no slope is known. */
  int nearestRival() {
    List<Integer> nearest = nearestRivals(1);
    return nearest.isEmpty() ? -1 : nearest.get(0);
  }

  /** The rivals whose tangent planes are nearest to the sample in ℓ2, the nearest first. */
  List<Integer> nearestRivals(int most) {
    double[] squares = new double[scores.length];
    double[] along = new double[scores.length];
    for (Map.Entry<Integer, Slope> entry : slopes.entrySet()) {
      for (int k = 0; k < squares.length; k++) {
        double slope = slope(entry.getValue(), k);
        squares[k] += slope * slope;
        along[k] += slope * coefficients[entry.getKey()];
      }
    }
    return IntStream.range(0, squares.length)
        .filter(k -> k != label && squares[k] > 0 && !Double.isNaN(along[k] - margin(k)))
        .boxed()
        .sorted(Comparator.comparingDouble(k -> (along[k] - margin(k)) / Math.sqrt(squares[k])))
        .limit(most)
        .toList();
  }

  /** Whether every slope was measured where the search stands. */
  boolean knowsAll(ProbeBasis basis) {
    return slopes.size() == basis.size()
        && slopes.values().stream().allMatch(slope -> slope.doubt() <= 0);
  }

  float[] normal(ProbeBasis basis, int rival) {
    double[] coefficients = new double[basis.size()];
    slopes.forEach((index, slope) -> coefficients[index] = slope(slope, rival));
    return basis.combined(coefficients);
  }

  /** Where the search stands, with what the steps that led here taught of how lengths curve. */
  Metric.Place placed(Metric metric, float[] normal) {
    int[] alone = {sample};
    Rows at = new Rows(perturbation, perturbation.length);
    double far = metric.lengths(alone, at)[0];
    float[] slope = metric.slopes(alone, at).row(0);
    Metric.Place before = place;
    Metric.Place here = new Metric.Place(sample, perturbation, far, slope, normal);
    if (before != null) {
      here =
          before.perturbation() == perturbation
              ? new Metric.Place(sample, perturbation, far, slope, normal, before.secants())
              : metric.reached(before, here);
    }
    place = here;
    return here;
  }

  /** Goes elsewhere. */
  void goTo(ProbeBasis basis, float[] there, float[] answered, double far) {
    double moved = Vectors.norm(Vectors.sum(there, perturbation, -1));
    double relative = Math.min(1, moved / Math.max(Vectors.norm(there), 1e-30));
    double doubt = DRIFT * relative * relative;
    slopes.replaceAll(
        (index, slope) -> new Slope(slope.perClass(), Math.min(1, slope.doubt() + doubt)));
    perturbation = there;
    scores = answered;
    coefficients = basis.coefficients(there);
    reach = Math.max(leastReach, ScoreSearch.REACH * Vectors.norm(there));
    rejected = Math.max(0, rejected - 1);
  }
}
