package org.robustnessgap.attack.descent;

import java.util.ArrayList;
import java.util.List;
import org.robustnessgap.attack.map.DifferentiableMap;
import org.robustnessgap.attack.map.Logits;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.map.Vectors;
import org.robustnessgap.attack.metric.Metric;
import org.robustnessgap.attack.search.SearchProblem;

/**
 * Walks around samples, to come upon other parts of the boundary: normalised steps along the
 * gradient of the margin on a sphere that shrinks while the target wins and grows while it does
 * not, as in DDN (Rony, Hafemann, Oliveira, Ben Ayed, Sabourin, Granger 2019), from well beyond the
 * boundary. Its large steps see no kinks; what it finds is coarse, and descents begin from there.
 */
final class Walk {
  static final int STEPS = 25;

  /** Where the walk begins, as a multiple of a crossing. */
  private static final double BEYOND = 3;

  /** Length of the first step, and change of the radius, relative to the radius. */
  private static final double FIRST_STEP = 1;

  private static final double FIRST_CHANGE = 0.1;

  /** The same at the end. */
  private static final double LAST_STEP = 0.01;

  private static final double LAST_CHANGE = 1e-3;

  private final SearchProblem problem;
  private final Metric metric;
  private final Rows start;

  Walk(SearchProblem problem) {
    this.problem = problem;
    this.metric = problem.metric();
    this.start = problem.samples();
  }

  /**
   * @param crossed descents that reached the boundary, one a sample at most
   * @return descents from where the walks ended, towards the same classes
   */
  List<Descent> from(List<Descent> crossed) {
    int[] indices = crossed.stream().mapToInt(Descent::index).toArray();
    int[] targets = crossed.stream().mapToInt(Descent::target).toArray();
    int[] labels = crossed.stream().mapToInt(descent -> descent.sample().label()).toArray();
    List<float[]> at = new ArrayList<>();
    crossed.forEach(descent -> at.add(Vectors.scaled(descent.perturbation(), BEYOND)));
    double[] radii = metric.lengths(indices, Rows.of(at, start.width()));
    for (int step = 0; step < STEPS && !at.isEmpty(); step++) {
      DifferentiableMap.Product product =
          problem.marginGradients(start.plus(indices, at), targets, labels, indices);
      Logits logits = new Logits(product.values());
      double share = (1 + Math.cos(Math.PI * step / STEPS)) / 2;
      double length = LAST_STEP + share * (FIRST_STEP - LAST_STEP);
      double change = LAST_CHANGE + share * (FIRST_CHANGE - LAST_CHANGE);
      for (int i = 0; i < indices.length; i++) {
        boolean wins = logits.lead(i, targets[i], labels[i]) > 0;
        radii[i] *= wins ? 1 - change : 1 + change;
        float[] steepest = metric.steepest(indices[i], product.gradients().row(i));
        double scale = length * Vectors.norm(at.get(i)) / Vectors.norm(steepest);
        // Where the gradient vanishes the walk stands still.
        if (Double.isFinite(scale)) {
          at.set(i, Vectors.sum(at.get(i), steepest, scale));
        }
      }
      double[] lengths = metric.lengths(indices, Rows.of(at, start.width()));
      for (int i = 0; i < indices.length; i++) {
        at.set(i, metric.allowed(indices[i], Vectors.scaled(at.get(i), radii[i] / lengths[i])));
      }
    }
    List<Descent> descents = new ArrayList<>();
    for (int i = 0; i < indices.length; i++) {
      descents.add(new Descent(crossed.get(i).sample(), at.get(i), radii[i], targets[i]));
    }
    return descents;
  }
}
