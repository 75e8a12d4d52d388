package org.robustnessgap.attack.baseline;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.robustnessgap.attack.map.Logits;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.map.Vectors;
import org.robustnessgap.attack.search.Origins;
import org.robustnessgap.attack.search.SearchProblem;
import org.robustnessgap.attack.search.SearchResult;
import org.robustnessgap.messages.Algorithm;
import org.robustnessgap.messages.Outcome;

/**
 * The fast gradient sign method (Goodfellow, Shlens, Szegedy 2015): x + ε sign(∇ₓ L(x, y)), L the
 * cross-entropy of the sample's own label y, with the smallest ε that changes the label. ε is
 * doubled from the linearised distance of the boundary until the label changes, then bisected.
 */
public final class FastGradientSign {
  /** Doublings before a sample counts as not found: by a factor of a million. */
  private static final int DOUBLINGS = 20;

  private final SearchProblem problem;
  private final Rows start;
  private final float[][] directions;
  private final int[] labels;
  private final double[] inside;
  private final double[] outside;

  private FastGradientSign(SearchProblem problem) {
    this.problem = problem;
    this.start = problem.samples();
    this.directions = new float[start.count()][];
    this.labels = new int[start.count()];
    this.inside = new double[start.count()];
    this.outside = new double[start.count()];
  }

  /**
   * @param problem without bounds; its metric is that in which distances are stated
   * @return one result for each sample, in order
   */
  public static List<SearchResult> search(
      SearchProblem problem, Algorithm.FastGradientSign parameters) {
    return new FastGradientSign(problem).run(parameters.bisections());
  }

  private List<SearchResult> run(int bisections) {
    int[] all = IntStream.range(0, start.count()).toArray();
    SearchResult[] results = new SearchResult[start.count()];
    Origins origins = problem.origins();
    Logits logits = origins.scores();
    for (int sample : all) {
      labels[sample] = origins.label(sample);
      results[sample] = problem.settled(sample).orElse(null);
    }
    int[] usable = IntStream.of(all).filter(sample -> results[sample] == null).toArray();
    int[] live = directed(usable, logits);
    for (int sample : usable) {
      if (directions[sample] == null) {
        results[sample] = problem.notFound(sample, Outcome.NotFound.Reason.ZERO_GRADIENT);
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
      results[sample] = problem.notFound(sample, Outcome.NotFound.Reason.BUDGET);
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
      results[sample] = problem.verified(sample, labels[sample], perturbation);
    }
    return List.of(results);
  }

  /** Samples whose loss has a gradient; its sign becomes their direction. */
  private int[] directed(int[] samples, Logits logits) {
    float[] cotangents = new float[samples.length * problem.classes()];
    for (int i = 0; i < samples.length; i++) {
      double[] lossGradient = lossGradient(logits.rows().row(samples[i]), labels[samples[i]]);
      for (int k = 0; k < lossGradient.length; k++) {
        cotangents[i * lossGradient.length + k] = (float) lossGradient[k];
      }
    }
    Rows gradients =
        problem
            .vjp(start.select(samples), new Rows(cotangents, problem.classes()), samples)
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
    Logits logits = problem.logits(new Rows(points, start.width()), samples);
    boolean[] changed = new boolean[samples.length];
    for (int i = 0; i < samples.length; i++) {
      changed[i] = logits.isFinite(i) && logits.label(i) != labels[samples[i]];
    }
    return changed;
  }
}
