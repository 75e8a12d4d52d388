package org.robustnessgap.attack.baseline;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.robustnessgap.attack.map.DifferentiableMap;
import org.robustnessgap.attack.map.Logits;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.search.Origins;
import org.robustnessgap.attack.search.SearchProblem;
import org.robustnessgap.attack.search.SearchResult;
import org.robustnessgap.messages.Algorithm;
import org.robustnessgap.messages.Outcome;

/**
 * Multiclass DeepFool for the ℓ2 norm (Moosavi-Dezfooli, Fawzi, Frossard 2016, algorithm 2),
 * batched: step onto the nearest boundary of the linearised classifier until the label changes.
 * Then bisection of the segment from the sample to the perturbed sample, and a check of the label
 * at the returned float32 point, evaluated alone.
 *
 * <p>As in the authors' code, the label is tested and the classifier linearised at the overshot
 * point x₀ + (1+η) Σr, and only the ten classes with the largest logits at x₀ are considered.
 */
public final class DeepFool {
  private static final int CANDIDATES = 10;

  /** Shortest step, relative to the sample: a few units in the last place of float32. */
  private static final double LEAST_STEP = 1e-6;

  private final SearchProblem problem;
  private final Algorithm.DeepFool parameters;
  private final Rows start;
  private final int[] labels;
  private final int[][] candidates;
  private final Rows perturbation;
  private final SearchResult[] result;

  private DeepFool(SearchProblem problem, Algorithm.DeepFool parameters) {
    this.problem = problem;
    this.parameters = parameters;
    this.start = problem.samples();
    this.labels = new int[start.count()];
    this.candidates = new int[start.count()][];
    this.perturbation = Rows.zeros(start.count(), start.width());
    this.result = new SearchResult[start.count()];
  }

  /**
   * @param problem by the ℓ2 norm, without bounds
   * @return one result for each sample, in order
   */
  public static List<SearchResult> search(SearchProblem problem, Algorithm.DeepFool parameters) {
    DeepFool search = new DeepFool(problem, parameters);
    search.begin();
    search.cross();
    search.bisect();
    return List.of(search.result);
  }

  /** The classifier's own label of each sample, and the classes worth stepping towards. */
  private void begin() {
    int[] all = IntStream.range(0, start.count()).toArray();
    Origins origins = problem.origins();
    for (int sample : all) {
      Optional<String> obstacle = origins.obstacle(sample);
      if (obstacle.isPresent()) {
        fail(sample, obstacle.get());
        continue;
      }
      int label = origins.label(sample);
      labels[sample] = label;
      float[] row = origins.scores().rows().row(sample);
      candidates[sample] =
          IntStream.range(0, row.length)
              .boxed()
              .sorted(Comparator.comparingDouble(k -> -row[k]))
              .limit(CANDIDATES)
              .filter(k -> k != label)
              .mapToInt(Integer::intValue)
              .toArray();
    }
  }

  /**
   * Steps until every label has changed or the steps are used up; finished samples leave the batch.
   */
  private void cross() {
    int[] live = unfinished();
    for (int step = 0; step < parameters.maxSteps() && live.length > 0; step++) {
      step(live);
      live = stillInside(live);
    }
    for (int sample : live) {
      result[sample] = problem.notFound(sample, Outcome.NotFound.Reason.BUDGET);
    }
  }

  private int[] unfinished() {
    return IntStream.range(0, result.length).filter(sample -> result[sample] == null).toArray();
  }

  /** x₀ + scale · (1+η) Σr. */
  private void place(int sample, double scale, float[] into, int at) {
    double factor = scale * (1 + parameters.overshoot());
    int width = start.width();
    for (int i = 0; i < width; i++) {
      into[at * width + i] =
          (float)
              (start.values()[sample * width + i]
                  + factor * perturbation.values()[sample * width + i]);
    }
  }

  private Rows placed(int[] samples) {
    float[] points = new float[samples.length * start.width()];
    for (int i = 0; i < samples.length; i++) {
      place(samples[i], 1, points, i);
    }
    return new Rows(points, start.width());
  }

  private void step(int[] live) {
    NearestBoundary[] nearest = new NearestBoundary[live.length];
    Rows points = placed(live);
    int width = start.width();
    int rounds = Arrays.stream(live).map(sample -> candidates[sample].length).max().orElse(0);
    for (int round = 0; round < rounds; round++) {
      Rows cotangents = Rows.zeros(live.length, problem.classes());
      for (int i = 0; i < live.length; i++) {
        cotangents.values()[i * problem.classes() + candidates[live[i]][round]] = 1;
        cotangents.values()[i * problem.classes() + labels[live[i]]] = -1;
      }
      DifferentiableMap.Product product = problem.vjp(points, cotangents, live);
      for (int i = 0; i < live.length; i++) {
        double margin =
            product.values().values()[i * problem.classes() + candidates[live[i]][round]]
                - product.values().values()[i * problem.classes() + labels[live[i]]];
        double norm = product.gradients().norm(i);
        double distance = Math.abs(margin) / norm;
        if (norm > 0
            && Double.isFinite(distance)
            && (nearest[i] == null || distance < nearest[i].distance)) {
          nearest[i] = new NearestBoundary(distance, norm, product.gradients().row(i));
        }
      }
    }
    for (int i = 0; i < live.length; i++) {
      if (nearest[i] != null) {
        // A sample that lies on the boundary must leave it.
        double least = LEAST_STEP * Math.max(start.norm(live[i]), 1);
        float scale = (float) (Math.max(nearest[i].distance, least) / nearest[i].norm);
        for (int j = 0; j < width; j++) {
          perturbation.values()[live[i] * width + j] += scale * nearest[i].gradient[j];
        }
      }
    }
  }

  /**
   * The nearest boundary of the linearised classifier: its distance, and the gradient of its
   * margin.
   */
  private record NearestBoundary(double distance, double norm, float[] gradient) {}

  private int[] stillInside(int[] live) {
    Rows logits = problem.logits(placed(live), live).rows();
    return IntStream.range(0, live.length)
        .filter(
            i -> {
              if (!logits.isFinite(i)) {
                fail(live[i], "the logits of a perturbed sample are not finite");
                return false;
              }
              return logits.argMax(i) == labels[live[i]];
            })
        .map(i -> live[i])
        .toArray();
  }

  /** Halves the part of the segment on which the label changes, then checks the outer end alone. */
  private void bisect() {
    int[] crossed = unfinished();
    double[] inside = new double[crossed.length];
    double[] outside = new double[crossed.length];
    Arrays.fill(outside, 1);
    int width = start.width();
    for (int round = 0; round < parameters.bisections() && crossed.length > 0; round++) {
      float[] points = new float[crossed.length * width];
      for (int i = 0; i < crossed.length; i++) {
        place(crossed[i], (inside[i] + outside[i]) / 2, points, i);
      }
      Logits logits = problem.logits(new Rows(points, width), crossed);
      for (int i = 0; i < crossed.length; i++) {
        double middle = (inside[i] + outside[i]) / 2;
        if (logits.isFinite(i) && logits.label(i) != labels[crossed[i]]) {
          outside[i] = middle;
        } else {
          inside[i] = middle;
        }
      }
    }
    for (int i = 0; i < crossed.length; i++) {
      float[] shortened = new float[width];
      for (int j = 0; j < width; j++) {
        float whole = perturbation.values()[crossed[i] * width + j];
        shortened[j] = (float) (outside[i] * (1 + parameters.overshoot()) * whole);
      }
      result[crossed[i]] = problem.verified(crossed[i], labels[crossed[i]], shortened);
    }
  }

  private void fail(int sample, String reason) {
    result[sample] = problem.failed(sample, reason);
  }
}
