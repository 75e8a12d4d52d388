package org.robustnessgap.attack.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.robustnessgap.attack.map.RowMap;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.metric.NormMetric;
import org.robustnessgap.attack.search.SearchProblem;
import org.robustnessgap.attack.search.SearchResult;
import org.robustnessgap.messages.Algorithm;
import org.robustnessgap.messages.Norm;

class FastGradientSignTest {
  private static final Algorithm.FastGradientSign PARAMETERS =
      Algorithm.FastGradientSign.standard();

  /** Logits (0, w·x − 1) at 0: ε ‖w‖₁ = 1, of length ε √d by ℓ2 and ε by ℓ∞. */
  @Test
  void affineOfTwoClasses() {
    RowMap map = new RowMap.Affine(new double[][] {{0, 0, 0}, {1, -2, 0.5}}, new double[] {0, -1});
    Rows start = Rows.zeros(1, 3);
    SearchProblem problem = SearchProblem.euclidean(map, start);
    SearchProblem byLargest = problem.by(new NormMetric(Norm.LINF, start, null));

    SearchResult byL2 = FastGradientSign.search(problem, PARAMETERS).get(0);
    SearchResult byLinf = FastGradientSign.search(byLargest, PARAMETERS).get(0);

    assertThat(byL2.found().orElseThrow().distance()).isCloseTo(Math.sqrt(3) / 3.5, within(1e-5));
    assertThat(byLinf.found().orElseThrow().distance()).isCloseTo(1 / 3.5, within(1e-5));
    assertThat(byL2.gradients()).isEqualTo(1);
  }

  @Test
  void noGradientAndTie() {
    Rows start = Rows.zeros(1, 3);
    RowMap flat = new RowMap.Affine(new double[2][3], new double[] {1, 0});
    RowMap tied = new RowMap.Affine(new double[][] {{1, 0, 0}, {0, 1, 0}}, new double[2]);

    assertThat(FastGradientSign.search(SearchProblem.euclidean(flat, start), PARAMETERS).get(0))
        .isInstanceOf(SearchResult.NotFound.class);
    assertThat(FastGradientSign.search(SearchProblem.euclidean(tied, start), PARAMETERS).get(0))
        .isInstanceOf(SearchResult.Tie.class);
  }
}
