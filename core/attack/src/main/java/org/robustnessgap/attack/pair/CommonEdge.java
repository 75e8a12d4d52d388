package org.robustnessgap.attack.pair;

import java.util.List;
import org.robustnessgap.attack.map.DifferentiableMap;
import org.robustnessgap.attack.map.Logits;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.map.Vectors;
import org.robustnessgap.attack.metric.Metric;
import org.robustnessgap.attack.metric.Polyhedra;
import org.robustnessgap.attack.search.SearchProblem;
import org.robustnessgap.attack.search.SearchResult;
import org.robustnessgap.messages.Outcome;

/**
 * Where the boundaries of two classifiers cross. Linearises both at once and goes to the nearest
 * point beyond both planes, as Hasofer, Lind, Rackwitz and Fiessler do with one. A few steps only,
 * and coarse; but where the boundaries nearly oppose each other descents move from one to the other
 * and back and get nowhere soon, and sometimes it comes upon another part of them.
 */
final class CommonEdge {
  private static final int STEPS = 20;

  /** How far past the edge a step goes at first, relative to its length, and what that grows by. */
  private static final double LEAST_OVERSHOOT = 2e-6;

  private static final double GROWTH = 1.7;

  private static final int[] ONLY = {0};

  private final SearchProblem first;
  private final SearchProblem second;
  private final Rows start;

  /**
   * @param start of the one sample, [1, width]
   */
  CommonEdge(DifferentiableMap first, DifferentiableMap second, Rows start) {
    this.first = SearchProblem.euclidean(first, start);
    this.second = SearchProblem.euclidean(second, start);
    this.start = start;
  }

  /** A point where both labels differ from these; its label is the first classifier's. */
  SearchResult beyond(int firstLabel, int secondLabel) {
    float[] perturbation = new float[start.width()];
    double overshoot = LEAST_OVERSHOOT;
    for (int step = 0; step < STEPS; step++) {
      Rows point = start.plus(ONLY, List.of(perturbation));
      Logits ofFirst = first.logits(point, ONLY);
      Logits ofSecond = second.logits(point, ONLY);
      if (!ofFirst.isFinite(0) || !ofSecond.isFinite(0)) {
        break;
      }
      if (ofFirst.label(0) != firstLabel && ofSecond.label(0) != secondLabel) {
        return new SearchResult.Found(
            point.values(),
            point.distance(0, start, 0),
            ofFirst.label(0),
            Double.NaN,
            gradients(),
            forwards());
      }
      List<Metric.Plane> planes =
          List.of(
              plane(first, point, ofFirst, firstLabel, perturbation),
              plane(second, point, ofSecond, secondLabel, perturbation));
      if (planes.stream().anyMatch(plane -> Vectors.norm(plane.normal()) == 0)) {
        break;
      }
      perturbation = Vectors.scaled(Polyhedra.nearest(planes), 1 + overshoot);
      overshoot *= GROWTH;
    }
    return new SearchResult.NotFound(Outcome.NotFound.Reason.BUDGET, gradients(), forwards());
  }

  private static Metric.Plane plane(
      SearchProblem problem, Rows point, Logits logits, int label, float[] perturbation) {
    int rival = logits.runnerUp(0, label);
    float[] gradient =
        problem
            .marginGradients(point, new int[] {rival}, new int[] {label}, ONLY)
            .gradients()
            .row(0);
    return Metric.Plane.tangent(perturbation, logits.lead(0, rival, label), gradient);
  }

  private int gradients() {
    return first.gradients(0) + second.gradients(0);
  }

  private int forwards() {
    return first.forwards(0) + second.forwards(0);
  }
}
