package org.robustnessgap.deploy.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.Space;

class ProjectionTableTest {
  /** Of norm 2, r_in 0.8 and r_unc 0.4. */
  private static SampleResult sample(long ordinal, Map<String, Double> found) {
    return new SampleResult(
        ordinal,
        0,
        1,
        2,
        Map.of(
            Space.IN_DISTRIBUTION, new Outcome.Found(0.8, 1, null, 1, 1),
            Space.UNCONSTRAINED, new Outcome.Found(0.4, 1, null, 1, 1)),
        found.isEmpty() ? Map.of() : Map.of(Space.UNCONSTRAINED, found));
  }

  private static Map<String, Double> found(double distance, boolean keepsLabel) {
    Map<String, Double> found = new HashMap<>();
    found.put("projected_distance", distance);
    found.put("projected_in_distribution", 0.8);
    found.put("projected_least_distance", 0.4);
    found.put("projection_gradients", 10.0);
    found.put("projection_forwards", 100.0);
    found.put("inversion_residual", 0.2);
    found.put("inversion_keeps_label", keepsLabel ? 1.0 : 0.0);
    found.put("inversion_starts", 4.0);
    found.put("inversion_disagreeing", keepsLabel ? 0.0 : 3.0);
    return found;
  }

  @Test
  void showsMediansRatiosAndCounts() {
    Map<String, List<SampleResult>> samples = new LinkedHashMap<>();
    samples.put("f", List.of(sample(0, found(0.6, true)), sample(1, found(0.8, false)), failed()));
    samples.put("none", List.of(sample(0, Map.of())));

    assertThat(new ProjectionTable(samples).render())
        .isEqualTo(
            """

            Nearest-point classifier f̃(x) = f(g(z*)), z* = argmin ‖g(z) − x‖
            Medians; distances are divided by E‖g(z)‖.

                                               f
            r_in                               0.400
            r_in, shorter if seen on the way   0.400
            least r_unc projected, Theorem 2   0.200
            r_unc projected                    0.350
            r_unc                              0.200
            r_unc projected / r_unc            1.75
            samples below the least            0 of 3
            distance to x without knowing z    0.100
            label kept there                   1 of 2
            starts that lead to another label  3 of 8
            gradients a sample                 7
            evaluations a sample               67
            """);
  }

  @Test
  void aProjectionThatIsEasierToFoolThanTheoremTwoSaysIsCounted() {
    assertThat(new ProjectionTable(Map.of("f", List.of(sample(0, found(0.3, true))))).render())
        .containsPattern("samples below the least +1 of 1");
  }

  /** Nothing is known of it but what it cost. */
  private static SampleResult failed() {
    return new SampleResult(
        2,
        -1,
        1,
        2,
        Map.of(
            Space.IN_DISTRIBUTION, new Outcome.Failed("no finite logits", 0, 1),
            Space.UNCONSTRAINED, new Outcome.Failed("no finite logits", 0, 1)),
        Map.of(
            Space.UNCONSTRAINED, Map.of("projection_gradients", 0.0, "projection_forwards", 0.0)));
  }
}
