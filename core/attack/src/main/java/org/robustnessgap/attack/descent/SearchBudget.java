package org.robustnessgap.attack.descent;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.robustnessgap.attack.search.SearchProblem;

/**
 * What may be spent on a sample.
 *
 * @param evaluations gradients and forward evaluations together
 */
public record SearchBudget(int evaluations) {
  public static final int NONE = Integer.MAX_VALUE;

  static final SearchBudget UNLIMITED = new SearchBudget(NONE);

  /** How many classes may be linearised at each sample, so that something is left for descents. */
  int rivals(int wanted) {
    return Math.min(wanted, Math.max(1, evaluations / 3));
  }

  /**
   * The descents that may go on.
   *
   * @param descents of each sample the more promising first
   * @param cost evaluations of each
   */
  List<Descent> affordable(SearchProblem problem, List<Descent> descents, int cost) {
    if (evaluations == NONE) {
      return descents;
    }
    Map<Integer, Integer> planned = new HashMap<>();
    List<Descent> affordable = new ArrayList<>();
    for (Descent descent : descents) {
      int sample = descent.index();
      int spent = problem.gradients(sample) + problem.forwards(sample);
      if (spent + planned.getOrDefault(sample, 0) + cost <= evaluations) {
        planned.merge(sample, cost, Integer::sum);
        affordable.add(descent);
      }
    }
    return affordable;
  }
}
