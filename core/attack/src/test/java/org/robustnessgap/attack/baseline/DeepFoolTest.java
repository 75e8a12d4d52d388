package org.robustnessgap.attack.baseline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.robustnessgap.attack.map.RowMap;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.search.SearchProblem;
import org.robustnessgap.attack.search.SearchResult;
import org.robustnessgap.messages.Algorithm;
import org.robustnessgap.messages.Outcome;

/** What is particular to DeepFool; {@link SearchTest} holds the rest. */
class DeepFoolTest {
  private static Algorithm.DeepFool plan(int steps, double overshoot, int bisections) {
    return new Algorithm.DeepFool(steps, overshoot, bisections);
  }

  private static SearchResult search(RowMap map, Algorithm.DeepFool plan, float... start) {
    return DeepFool.search(SearchProblem.euclidean(map, new Rows(start, start.length)), plan)
        .get(0);
  }

  /** Class 0 leads; classes 1 to 9 follow but are far; class 10 and 11 trail but are near. */
  private static RowMap twelveClasses() {
    double[][] weights = new double[12][2];
    double[] bias = new double[12];
    bias[0] = 10;
    for (int k = 1; k < 10; k++) {
      weights[k][0] = 1;
      bias[k] = 9 - 0.1 * k;
    }
    weights[10][1] = 1000;
    weights[11][1] = 500;
    return new RowMap.Affine(weights, bias);
  }

  @Test
  void onlyTheTenLargestLogitsAreConsidered() {
    SearchResult.Found found =
        search(twelveClasses(), plan(50, 0.02, 10), 0, 0).found().orElseThrow();

    assertThat(found.label()).isEqualTo(1);
    assertThat(found.distance()).isBetween(1.1, 1.1 * 1.002);
    assertThat(found.gradients()).isEqualTo(9);
  }

  @Test
  void anAffineClassifierTakesOneStep() {
    RowMap map = RowMap.Affine.random(2, 5, 4);
    SearchResult.Found found =
        search(map, plan(50, 0.02, 10), 1, 0, -1, 0, 1).found().orElseThrow();

    // Three other classes; the start, the end of the step, ten bisections, and the check.
    assertThat(found.gradients()).isEqualTo(3);
    assertThat(found.forwards()).isEqualTo(13);
  }

  @Test
  void withoutBisectionThePublishedOvershootRemains() {
    RowMap.Affine map = RowMap.Affine.random(2, 5, 4);
    float[] start = {1, 0, -1, 0, 1};
    SearchResult.Found found = search(map, plan(50, 0.1, 0), start).found().orElseThrow();

    assertThat(found.distance() / map.distance(start)).isBetween(1.0999, 1.1001);
  }

  @Test
  void theStepsAreCounted() {
    // Gradients are zero: two a step, and a look at the logits before and after each.
    RowMap flat = new RowMap.Affine(new double[3][2], new double[] {3, 2, 1});

    assertThat(search(flat, plan(7, 0.02, 10), 0, 0))
        .isEqualTo(new SearchResult.NotFound(Outcome.NotFound.Reason.BUDGET, 14, 8));
  }
}
