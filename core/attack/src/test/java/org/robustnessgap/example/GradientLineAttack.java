package org.robustnessgap.example;

import java.util.ArrayList;
import java.util.List;
import org.robustnessgap.attack.Attack;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.search.SearchProblem;
import org.robustnessgap.attack.search.SearchResult;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.Outcome;

// tag::own[]
/** Along the gradient at the sample: doubles a step until the label changes, then halves. */
record GradientLineAttack(int doublings, int halvings) implements Attack {
  @Override
  public String name() {
    return "gradient-line";
  }

  @Override
  public Norm norm() {
    return Norm.L2;
  }

  @Override
  public List<SearchResult> search(SearchProblem problem) {
    List<SearchResult> results = new ArrayList<>();
    for (int i = 0; i < problem.samples().count(); i++) {
      int sample = i;
      results.add(problem.settled(i).orElseGet(() -> along(problem, sample)));
    }
    return results;
  }

  private SearchResult along(SearchProblem problem, int sample) {
    int[] alone = {sample};
    Rows start = problem.samples().select(alone);
    int rival = problem.logits(start, alone).runnerUp(0, problem.label(sample));
    float[] v = new float[problem.classes()];
    v[rival] = 1;
    v[problem.label(sample)] = -1;
    Rows way = problem.vjp(start, Rows.of(List.of(v), v.length), alone).gradients();
    double inside = 0;
    double outside = 1e-3 / way.norm(0);
    for (int i = 0; i < doublings && !changed(problem, sample, way, outside); i++) {
      inside = outside;
      outside *= 2;
    }
    for (int i = 0; i < halvings; i++) {
      double middle = (inside + outside) / 2;
      boolean beyond = changed(problem, sample, way, middle);
      inside = beyond ? inside : middle;
      outside = beyond ? middle : outside;
    }
    return Double.isFinite(outside)
        ? problem.verified(sample, scaled(way, outside))
        : problem.notFound(sample, Outcome.NotFound.Reason.ZERO_GRADIENT);
  }

  private static boolean changed(SearchProblem problem, int sample, Rows way, double scale) {
    int[] alone = {sample};
    Rows point = problem.samples().plus(alone, List.of(scaled(way, scale)));
    return problem.logits(point, alone).label(0) != problem.label(sample);
  }

  private static float[] scaled(Rows way, double scale) {
    float[] step = way.row(0);
    for (int i = 0; i < step.length; i++) {
      step[i] *= (float) scale;
    }
    return step;
  }
}
// end::own[]
