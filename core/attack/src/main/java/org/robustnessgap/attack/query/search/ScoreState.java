package org.robustnessgap.attack.query.search;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.attack.map.Vectors;

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
    double[] squares = new double[scores.length];
    double[] along = new double[scores.length];
    for (Map.Entry<Integer, Slope> entry : slopes.entrySet()) {
      for (int k = 0; k < squares.length; k++) {
        double slope = slope(entry.getValue(), k);
        squares[k] += slope * slope;
        along[k] += slope * coefficients[entry.getKey()];
      }
    }
    int nearest = -1;
    double least = Double.POSITIVE_INFINITY;
    for (int k = 0; k < squares.length; k++) {
      double distance = (along[k] - margin(k)) / Math.sqrt(squares[k]);
      if (k != label && squares[k] > 0 && distance < least) {
        least = distance;
        nearest = k;
      }
    }
    return nearest;
  }

  float[] normal(ProbeBasis basis, int rival) {
    double[] coefficients = new double[basis.size()];
    slopes.forEach((index, slope) -> coefficients[index] = slope(slope, rival));
    return basis.combined(coefficients);
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
    rejected = 0;
  }
}
