package org.robustnessgap.worker.attack;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A classifier as it looks from the samples of a batch: their labels, and how far the boundary to
 * each rival class would be were the classifier linear. One evaluation of all gradients serves
 * several metrics.
 *
 * @param metrics what the distances were measured in
 * @param samples those whose logits are finite, by ascending index
 */
record Linearisation(List<Metric> metrics, List<Sample> samples) {
  /** Rival classes considered: those with the largest logits, as many as in DeepFool. */
  private static final int RIVALS = 9;

  /**
   * @param index in the batch
   * @param label the classifier's own
   * @param margin of the runner-up over the label, at most 0
   * @param nearest for each metric, the boundaries that look nearest, ascending
   */
  record Sample(int index, int label, double margin, List<List<Boundary>> nearest) {
    private void offer(List<Metric> metrics, int target, double lead, float[] gradient, int keep) {
      for (int m = 0; m < metrics.size(); m++) {
        Boundary boundary = boundary(target, lead, metrics.get(m).gradient(index, gradient));
        // A gradient that vanishes or is no number shows no way.
        if (Double.isFinite(boundary.distance)) {
          List<Boundary> known = nearest.get(m);
          known.add(boundary);
          known.sort(Comparator.comparingDouble(Boundary::distance));
          if (known.size() > keep) {
            known.remove(keep);
          }
        }
      }
    }
  }

  /**
   * The boundary to one class.
   *
   * @param distance |f| / ‖∇f‖, in the metric
   * @param step onto it, in the metric's coordinates
   */
  record Boundary(int label, double distance, float[] step) {}

  /**
   * @param keep how many boundaries to keep for each sample and metric
   */
  static Linearisation of(
      MeteredClassifier classifier, Rows start, List<Metric> metrics, int keep) {
    int[] all = IntStream.range(0, start.count()).toArray();
    Logits logits = new Logits(classifier.logits(start, all));
    List<Sample> samples = new ArrayList<>();
    for (int index : all) {
      if (logits.isFinite(index)) {
        int label = logits.label(index);
        List<List<Boundary>> nearest = new ArrayList<>();
        metrics.forEach(metric -> nearest.add(new ArrayList<>()));
        samples.add(new Sample(index, label, logits.margin(index, label), nearest));
      }
    }
    int rounds = Math.min(RIVALS, classifier.classes() - 1);
    int[] indices = samples.stream().mapToInt(Sample::index).toArray();
    Rows points = start.select(indices);
    int[] labels = samples.stream().mapToInt(Sample::label).toArray();
    List<int[]> rivals =
        samples.stream().map(sample -> logits.rivals(sample.index, sample.label, rounds)).toList();
    for (int round = 0; round < rounds && !samples.isEmpty(); round++) {
      int rival = round;
      int[] targets = rivals.stream().mapToInt(classes -> classes[rival]).toArray();
      DifferentiableMap.Product product =
          classifier.marginGradients(points, targets, labels, indices);
      Logits values = new Logits(product.values());
      for (int i = 0; i < samples.size(); i++) {
        double lead = values.lead(i, targets[i], labels[i]);
        samples.get(i).offer(metrics, targets[i], lead, product.gradients().row(i), keep);
      }
    }
    return new Linearisation(metrics, samples);
  }

  private static Boundary boundary(int label, double lead, float[] gradient) {
    double norm = Vectors.norm(gradient);
    double distance = -lead / norm;
    return new Boundary(label, distance, Vectors.scaled(gradient, distance / norm));
  }
}
