package org.robustnessgap.attack.descent;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.robustnessgap.attack.map.DifferentiableMap;
import org.robustnessgap.attack.map.Logits;
import org.robustnessgap.attack.map.Neighbours;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.metric.Metric;
import org.robustnessgap.attack.search.Origins;
import org.robustnessgap.attack.search.SearchProblem;

/**
 * A classifier as it looks from the samples of a batch: their labels, and how far the boundary to
 * each rival class would be were the classifier linear. One evaluation of all gradients serves
 * several metrics.
 *
 * @param metrics what the distances were measured in
 * @param origins what it says of all samples
 * @param samples those that a search can begin from, by ascending index
 */
record Linearisation(List<Metric> metrics, Origins origins, List<LinearisedSample> samples) {
  /**
   * @param index in the batch
   * @param label the classifier's own
   * @param logits of all classes
   * @param nearest for each metric, the boundaries to rival classes, the nearest first
   */
  record LinearisedSample(int index, int label, float[] logits, List<List<Boundary>> nearest) {
    /** By how much a class wins over the label, at most 0. */
    double lead(int rival) {
      return (double) logits[rival] - logits[label];
    }

    /** Whether the boundary to a class was looked at. */
    boolean isRival(int other) {
      return nearest.get(0).stream().anyMatch(boundary -> boundary.label == other);
    }

    private void offer(List<Metric> metrics, int target, double lead, float[] gradient) {
      Metric.Place origin = Metric.Place.origin(index, gradient);
      List<Metric.Plane> plane = List.of(new Metric.Plane(gradient, -lead));
      for (int m = 0; m < metrics.size(); m++) {
        Metric.Nearest there = metrics.get(m).nearest(origin, plane, 1);
        // A gradient that vanishes or is no number shows no way.
        if (Double.isFinite(there.length())) {
          List<Boundary> known = nearest.get(m);
          known.add(new Boundary(target, there.length(), origin, there.perturbation()));
          known.sort(Comparator.comparingDouble(Boundary::distance));
        }
      }
    }
  }

  /**
   * The boundary to one class.
   *
   * @param distance of its linearisation, in the metric
   * @param origin the sample, with the gradient that it was linearised by
   * @param step onto it
   */
  record Boundary(int label, double distance, Metric.Place origin, float[] step) {}

  /** The samples beside each other, with their labels. */
  Neighbours neighbours(Rows start) {
    int[] labels = new int[start.count()];
    Arrays.fill(labels, -1);
    samples.forEach(sample -> labels[sample.index] = sample.label);
    return new Neighbours(start, labels);
  }

  /**
   * @param problem bears the cost
   * @param most rival classes considered, those with the largest logits
   */
  static Linearisation of(SearchProblem problem, List<Metric> metrics, int most) {
    Rows start = problem.samples();
    Origins origins = problem.origins();
    Logits logits = origins.scores();
    List<LinearisedSample> samples = new ArrayList<>();
    for (int index = 0; index < start.count(); index++) {
      if (origins.obstacle(index).isEmpty() && !origins.isTie(index)) {
        int label = origins.label(index);
        List<List<Boundary>> nearest = new ArrayList<>();
        metrics.forEach(metric -> nearest.add(new ArrayList<>()));
        samples.add(new LinearisedSample(index, label, logits.rows().row(index), nearest));
      }
    }
    int rounds = Math.min(most, problem.classes() - 1);
    int[] indices = samples.stream().mapToInt(LinearisedSample::index).toArray();
    Rows points = start.select(indices);
    int[] labels = samples.stream().mapToInt(LinearisedSample::label).toArray();
    List<int[]> rivals =
        samples.stream().map(sample -> logits.rivals(sample.index, sample.label, rounds)).toList();
    for (int round = 0; round < rounds && !samples.isEmpty(); round++) {
      int rival = round;
      int[] targets = rivals.stream().mapToInt(classes -> classes[rival]).toArray();
      DifferentiableMap.Product product = problem.marginGradients(points, targets, labels, indices);
      Logits values = new Logits(product.values());
      for (int i = 0; i < samples.size(); i++) {
        double lead = values.lead(i, targets[i], labels[i]);
        samples.get(i).offer(metrics, targets[i], lead, product.gradients().row(i));
      }
    }
    return new Linearisation(metrics, origins, samples);
  }
}
