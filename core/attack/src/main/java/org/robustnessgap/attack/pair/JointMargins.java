package org.robustnessgap.attack.pair;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.robustnessgap.attack.map.DifferentiableMap;
import org.robustnessgap.attack.map.Logits;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.search.SearchedClassifier;

/**
 * Two classifiers as one that a search can attack: class 0, with logit 0, is that at least one of
 * them keeps its label; every other class is that both leave theirs, and its logit is the smaller
 * of both margins. So a class wins exactly where both labels change, and where both margins vanish
 * the boundary has a kink between the two half-spaces.
 *
 * <p>Class 1 leaves the labels for any classes; each further one for a given class of either, those
 * with the largest logits at the sample, so that a search can race towards several.
 *
 * <p>Which labels are to be left depends on the sample that a point perturbs.
 */
final class JointMargins implements SearchedClassifier {
  private static final int STAYS = 0;
  private static final int ANY = 1;

  /** Beside {@link #ANY} as many classes as the largest schedule looks at. */
  private static final int MOST_PAIRS = 8;

  private final DifferentiableMap first;
  private final DifferentiableMap second;
  private final List<JointLabels> samples;
  private final int classes;

  /**
   * What both classifiers say of a sample.
   *
   * @param pairs classes of the first and the second that are worth heading for
   */
  private record JointLabels(int firstLabel, int secondLabel, List<RivalPair> pairs) {}

  private record RivalPair(int first, int second, double logits) {}

  /** The lead of a rival over the label, of the classifier that leads less. */
  private record Lead(boolean ofFirst, int rival, int label, double size) {}

  /**
   * @param firstLogits of the first classifier at the samples, [n, K]
   * @param secondLogits of the second, [n, K]
   */
  JointMargins(
      DifferentiableMap first, DifferentiableMap second, Logits firstLogits, Logits secondLogits) {
    this.first = first;
    this.second = second;
    this.samples = new ArrayList<>();
    for (int i = 0; i < firstLogits.rows().count(); i++) {
      int label = firstLogits.label(i);
      int other = secondLogits.label(i);
      samples.add(new JointLabels(label, other, pairs(firstLogits, secondLogits, i, label, other)));
    }
    this.classes = 2 + samples.stream().mapToInt(sample -> sample.pairs.size()).max().orElse(0);
  }

  /** The pairs of rivals with the largest sums of logits. */
  private static List<RivalPair> pairs(
      Logits firstLogits, Logits secondLogits, int point, int label, int other) {
    List<RivalPair> pairs = new ArrayList<>();
    for (int a : firstLogits.rivals(point, label, MOST_PAIRS)) {
      for (int b : secondLogits.rivals(point, other, MOST_PAIRS)) {
        double sum = firstLogits.lead(point, a, label) + secondLogits.lead(point, b, other);
        pairs.add(new RivalPair(a, b, sum));
      }
    }
    return pairs.stream()
        .sorted(Comparator.comparingDouble(pair -> -pair.logits))
        .limit(MOST_PAIRS)
        .toList();
  }

  @Override
  public int classes() {
    return classes;
  }

  @Override
  public Rows logits(Rows points, int[] indices) {
    return margins(indices, new Logits(first.apply(points)), new Logits(second.apply(points)));
  }

  @Override
  public Rows answers(Rows points, int[] indices) {
    return margins(indices, new Logits(first.answer(points)), new Logits(second.answer(points)));
  }

  @Override
  public boolean answersOtherwise() {
    return first.answersOtherwise() || second.answersOtherwise();
  }

  private Rows margins(int[] indices, Logits firstLogits, Logits secondLogits) {
    Rows margins = Rows.zeros(indices.length, classes);
    for (int i = 0; i < indices.length; i++) {
      for (int k = STAYS + 1; k < classes; k++) {
        Lead lead = lead(samples.get(indices[i]), k, i, firstLogits, secondLogits);
        margins.values()[i * classes + k] = (float) lead.size;
      }
    }
    return margins;
  }

  private static Lead lead(
      JointLabels sample, int k, int point, Logits firstLogits, Logits secondLogits) {
    int a;
    int b;
    // A sample with fewer pairs than others repeats class 1.
    if (k == ANY || k - 2 >= sample.pairs.size()) {
      a = firstLogits.runnerUp(point, sample.firstLabel);
      b = secondLogits.runnerUp(point, sample.secondLabel);
    } else {
      a = sample.pairs.get(k - 2).first;
      b = sample.pairs.get(k - 2).second;
    }
    double ofFirst = firstLogits.lead(point, a, sample.firstLabel);
    double ofSecond = secondLogits.lead(point, b, sample.secondLabel);
    // What is no number must not hide behind the other.
    return ofFirst <= ofSecond || Double.isNaN(ofFirst)
        ? new Lead(true, a, sample.firstLabel, ofFirst)
        : new Lead(false, b, sample.secondLabel, ofSecond);
  }

  @Override
  public DifferentiableMap.Product vjp(Rows points, Rows cotangents, int[] indices) {
    Logits firstLogits = new Logits(first.apply(points));
    Logits secondLogits = new Logits(second.apply(points));
    Rows toFirst = Rows.zeros(points.count(), first.outputSize());
    Rows toSecond = Rows.zeros(points.count(), second.outputSize());
    for (int i = 0; i < points.count(); i++) {
      for (int k = STAYS + 1; k < classes; k++) {
        float cotangent = cotangents.values()[i * classes + k];
        if (cotangent != 0) {
          Lead lead = lead(samples.get(indices[i]), k, i, firstLogits, secondLogits);
          Rows to = lead.ofFirst ? toFirst : toSecond;
          to.values()[i * to.width() + lead.rival] += cotangent;
          to.values()[i * to.width() + lead.label] -= cotangent;
        }
      }
    }
    Rows gradients = Rows.zeros(points.count(), points.width());
    addGradients(first, points, toFirst, gradients);
    addGradients(second, points, toSecond, gradients);
    return new DifferentiableMap.Product(margins(indices, firstLogits, secondLogits), gradients);
  }

  /** Asks the classifier only for the points where it is the one that leads less. */
  private static void addGradients(
      DifferentiableMap classifier, Rows points, Rows cotangents, Rows gradients) {
    int[] wanted = IntStream.range(0, points.count()).filter(i -> cotangents.norm(i) > 0).toArray();
    if (wanted.length == 0) {
      return;
    }
    Rows products = classifier.vjp(points.select(wanted), cotangents.select(wanted)).gradients();
    for (int i = 0; i < wanted.length; i++) {
      for (int j = 0; j < points.width(); j++) {
        gradients.values()[wanted[i] * points.width() + j] +=
            products.values()[i * points.width() + j];
      }
    }
  }
}
