package org.robustnessgap.deploy.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.robustnessgap.limit.ClassMeasures;
import org.robustnessgap.limit.LatentLimit;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.GeneratorReference;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.SamplingPlan;
import org.robustnessgap.messages.SmoothnessResult;
import org.robustnessgap.messages.SmoothnessResult.Lipschitz;
import org.robustnessgap.messages.Space;

class LowerBoundSummaryTest {
  private static final Campaign CAMPAIGN =
      new Campaign(
          "c",
          new GeneratorReference("g", "g.onnx", 2),
          List.of(new ModelReference("f", "f.onnx")),
          new SamplingPlan(1, 4L, null, 4, 4, 1, 600),
          AttackPlan.standard(),
          null,
          null,
          List.of(0.5));

  private final DiagnosedSamples diagnosed = new DiagnosedSamples();

  private String render() {
    return new LowerBoundSummary(CAMPAIGN, diagnosed).render();
  }

  /** Of norm 10. */
  private static SampleResult sample(int label, Map<String, Double> found) {
    return new SampleResult(
        label,
        label,
        1,
        10,
        Map.of(Space.UNCONSTRAINED, new Outcome.Found(9, 1 - label, null, 1, 1)),
        Map.of(Space.UNCONSTRAINED, found));
  }

  private static SmoothnessResult smoothness(Lipschitz lipschitz) {
    return new SmoothnessResult(
        new JobId("c", JobKind.SMOOTHNESS, "g", 0),
        List.of(1.0),
        "w",
        "test",
        1,
        List.of(new SmoothnessResult.Sample(0, 10, List.of(1.0))),
        lipschitz);
  }

  @Test
  void boundsStandBesideTheLimitThatTheLipschitzConstantProves() {
    diagnosed.add(
        "f",
        List.of(
            sample(0, Map.of("lower_bound", 1.0, "peck_bound", 3.0)),
            sample(1, Map.of("lower_bound", 2.0, "peck_bound", 4.0))));
    diagnosed.add(smoothness(new Lipschitz(40.0, null)));

    double limit =
        40
            * new LatentLimit(ClassMeasures.ofCounts(List.of(1L, 1L))).quantile(0.5).getAsDouble()
            / 10;
    assertThat(render())
        .isEqualTo(
            String.format(
                Locale.ROOT,
                """

                Unconstrained robustness, normalised, quantile 0.5
                f: certified lower bound 0.100, certified limit %.3g, as printed by Peck et al. 0.300
                g: Lipschitz constant at most 40.00
                """,
                limit));
  }

  @Test
  void whatIsNotKnownOfEverySampleIsUnknown() {
    diagnosed.add(
        "f",
        List.of(
            sample(0, Map.of("lower_bound", 1.0)),
            sample(1, Map.of("lower_bound", 2.0, "peck_bound", 4.0))));
    diagnosed.add(smoothness(new Lipschitz(null, "Node 3 has no constant.")));

    assertThat(render())
        .contains(
            "f: certified lower bound 0.100, certified limit unknown, as printed by Peck et al."
                + " –\n",
            "g: no certified limit. Node 3 has no constant.\n");
  }
}
