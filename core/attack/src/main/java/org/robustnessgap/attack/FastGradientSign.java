package org.robustnessgap.attack;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.robustnessgap.messages.Algorithm;
import org.robustnessgap.messages.Outcome;

/**
 * The fast gradient sign method (Goodfellow, Shlens, Szegedy 2015): x + ε sign(∇ₓ L(x, y)), L the
 * cross-entropy of the sample's own label y, with the smallest ε that changes the label. ε is
 * doubled from the linearised distance of the boundary until the label changes, then bisected.
 */
final class FastGradientSign {
  /** Doublings before a sample counts as not found: by a factor of a million. */
  private static final int DOUBLINGS = 20;

  private final MeteredClassifier classifier;
  private final Rows start;
  private final float[][] directions;
  private final int[] labels;
  private final double[] inside;
  private final double[] outside;

  private FastGradientSign(DifferentiableMap map, Rows start) {
    this.classifier = new MeteredClassifier(SearchedClassifier.of(map), start.count());
    this.start = start;
    this.directions = new float[start.count()][];
    this.labels = new int[start.count()];
    this.inside = new double[start.count()];
    this.outside = new double[start.count()];
  }

  /**
   * @param map the classifier, from the space that is searched to logits
   * @param start [n, map.inputSize()]
   * @param metric in which distances are stated
   * @return one search for each row, in order
   */
  static List<Search> search(
      DifferentiableMap map, Rows start, Algorithm.FastGradientSign parameters, Metric metric) {
    return new FastGradientSign(map, start).run(parameters.bisections(), metric);
  }

  private List<Search> run(int bisections, Metric metric) {
    int[] all = IntStream.range(0, start.count()).toArray();
    Search[] results = new Search[start.count()];
    Origins origins = Origins.of(classifier, start);
    Logits logits = origins.scores();
    for (int sample : all) {
      labels[sample] = origins.label(sample);
      Optional<String> obstacle = origins.obstacle(sample);
      if (obstacle.isPresent()) {
        results[sample] = classifier.failed(sample, obstacle.get());
      } else if (origins.isTie(sample)) {
        results[sample] = classifier.tie(sample);
      }
    }
    int[] usable = IntStream.of(all).filter(sample -> results[sample] == null).toArray();
    int[] live = directed(usable, logits);
    for (int sample : usable) {
      if (directions[sample] == null) {
        results[sample] = classifier.notFound(sample, Outcome.NotFound.Reason.ZERO_GRADIENT);
      }
    }
    int[] open = live;
    for (int doubling = 0; doubling < DOUBLINGS && open.length > 0; doubling++) {
      boolean[] changed = changed(open, outside);
      int[] tried = open;
      IntStream.range(0, tried.length)
          .filter(i -> !changed[i])
          .forEach(
              i -> {
                inside[tried[i]] = outside[tried[i]];
                outside[tried[i]] *= 2;
              });
      open = IntStream.range(0, tried.length).filter(i -> !changed[i]).map(i -> tried[i]).toArray();
    }
    for (int sample : open) {
      results[sample] = classifier.notFound(sample, Outcome.NotFound.Reason.BUDGET);
    }
    int[] crossed = IntStream.of(live).filter(sample -> results[sample] == null).toArray();
    for (int round = 0; round < bisections && crossed.length > 0; round++) {
      double[] middles = new double[start.count()];
      Arrays.setAll(middles, sample -> (inside[sample] + outside[sample]) / 2);
      boolean[] changed = changed(crossed, middles);
      for (int i = 0; i < crossed.length; i++) {
        (changed[i] ? outside : inside)[crossed[i]] = middles[crossed[i]];
      }
    }
    for (int sample : crossed) {
      float[] perturbation = Vectors.scaled(directions[sample], outside[sample]);
      results[sample] = classifier.verified(metric, start, sample, labels[sample], perturbation);
    }
    return List.of(results);
  }

  /** Samples whose loss has a gradient; its sign becomes their direction. */
  private int[] directed(int[] samples, Logits logits) {
    float[] cotangents = new float[samples.length * classifier.classes()];
    for (int i = 0; i < samples.length; i++) {
      double[] lossGradient = lossGradient(logits.rows().row(samples[i]), labels[samples[i]]);
      for (int k = 0; k < lossGradient.length; k++) {
        cotangents[i * lossGradient.length + k] = (float) lossGradient[k];
      }
    }
    Rows gradients =
        classifier
            .vjp(start.select(samples), new Rows(cotangents, classifier.classes()), samples)
            .gradients();
    List<Integer> directed = new ArrayList<>();
    for (int i = 0; i < samples.length; i++) {
      int sample = samples[i];
      float[] gradient = gradients.row(i);
      double slope = 0;
      float[] signs = new float[gradient.length];
      for (int j = 0; j < signs.length; j++) {
        slope += Math.abs(gradient[j]);
        signs[j] = Math.signum(gradient[j]);
      }
      if (slope > 0 && Double.isFinite(slope)) {
        directions[sample] = signs;
        outside[sample] = -logits.margin(sample, labels[sample]) / slope;
        directed.add(sample);
      }
    }
    return directed.stream().mapToInt(Integer::intValue).toArray();
  }

  /** softmax(f) − e_y, scaled so that its largest entry is 1: a confident label must not vanish. */
  private static double[] lossGradient(float[] logits, int label) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < logits.length; k++) {
      largest = k == label ? largest : Math.max(largest, logits[k]);
    }
    double others = 0;
    double[] gradient = new double[logits.length];
    for (int k = 0; k < logits.length; k++) {
      gradient[k] = k == label ? 0 : Math.exp(logits[k] - largest);
      others += gradient[k];
    }
    for (int k = 0; k < logits.length; k++) {
      gradient[k] = k == label ? -1 : gradient[k] / others;
    }
    return gradient;
  }

  private boolean[] changed(int[] samples, double[] scales) {
    float[] points = start.select(samples).values();
    for (int i = 0; i < points.length; i++) {
      int sample = samples[i / start.width()];
      points[i] += (float) (scales[sample] * directions[sample][i % start.width()]);
    }
    Logits logits = new Logits(classifier.logits(new Rows(points, start.width()), samples));
    boolean[] changed = new boolean[samples.length];
    for (int i = 0; i < samples.length; i++) {
      changed[i] = logits.isFinite(i) && logits.label(i) != labels[samples[i]];
    }
    return changed;
  }
}
