package org.robustnessgap.attack.query.search;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.robustnessgap.attack.map.Logits;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.search.SearchProblem;
import org.robustnessgap.attack.search.SearchResult;
import org.robustnessgap.messages.Outcome;

/** Asks the classifier of a problem about perturbed samples, and knows what is left to ask. */
final class Questions {
  /** Most evaluations that the check of a result may take. */
  private static final int CHECKS = 7;

  private final SearchProblem problem;
  private final int queries;

  /** Samples about whose perturbations something was answered that is no label. */
  private final boolean[] unusable;

  /** Kept for checks. */
  private final int reserve;

  /**
   * @param queries most for each sample, checks included
   */
  Questions(SearchProblem problem, int queries) {
    this.problem = problem;
    this.queries = queries;
    this.unusable = new boolean[problem.samples().count()];
    this.reserve = Math.min(CHECKS, Math.max(2, queries / 20));
  }

  SearchProblem problem() {
    return problem;
  }

  int queries() {
    return queries;
  }

  /** How many more may be asked of a sample before its check. */
  int left(int sample) {
    return queries - problem.forwards(sample) - problem.gradients(sample) - reserve;
  }

  /** The samples in an order that does not depend on how they were given. */
  int[] ordered() {
    Rows samples = problem.samples();
    return IntStream.range(0, samples.count())
        .boxed()
        .sorted((a, b) -> Arrays.compare(samples.row(a), samples.row(b)))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** Randomness that depends on nothing but the sample. */
  SplittableRandom random(int sample) {
    return new SplittableRandom(Arrays.hashCode(problem.samples().row(sample)));
  }

  /**
   * Scores of perturbed samples.
   *
   * @param perturbed of each perturbation the index of its sample
   */
  Logits scores(List<float[]> perturbations, int[] perturbed) {
    return problem.logits(points(perturbations, perturbed), perturbed);
  }

  /** Whether perturbed samples have another label than their sample. */
  boolean[] changed(List<float[]> perturbations, int[] perturbed) {
    boolean[] changed = new boolean[perturbed.length];
    if (perturbed.length > 0) {
      int[] labels = problem.labels(points(perturbations, perturbed), perturbed);
      for (int i = 0; i < labels.length; i++) {
        changed[i] = labels[i] >= 0 && labels[i] != problem.label(perturbed[i]);
        unusable[perturbed[i]] |= labels[i] < 0;
      }
    }
    return changed;
  }

  /** What to say of a sample whose label nothing changed. */
  SearchResult nothingFound(int sample) {
    return unusable[sample]
        ? problem.failed(sample, "the answer about a perturbed sample is no usable label")
        : problem.notFound(sample, Outcome.NotFound.Reason.BUDGET);
  }

  private Rows points(List<float[]> perturbations, int[] perturbed) {
    return problem.samples().plus(perturbed, perturbations);
  }

  /** Checks what was found, with all that is left. */
  SearchResult verified(int sample, float[] perturbation) {
    return problem.verified(sample, problem.label(sample), perturbation, left(sample) + reserve);
  }
}
