package org.robustnessgap.campaign.diagnostic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.robustnessgap.attack.AttackTarget;
import org.robustnessgap.attack.AttackedBatch;
import org.robustnessgap.attack.generator.GeneratorModel;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Golden;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.messages.Algorithm;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.Effort;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.Space;
import org.robustnessgap.onnx.graph.OnnxModel;

/** The diagnostics there are, by their names, on a shipped classifier. */
class DiagnosticsTest {
  private static final int SAMPLES = 3;
  private static final Algorithm FAST = new Algorithm.BoundaryDescent(Effort.FAST);
  private static final AttackPlan PLAN = AttackPlan.of(List.of(Space.values()), FAST);

  private static Engine engine;
  private static GeneratorModel generator;
  private static AttackTarget target;
  private static LatentBatch latents;
  private static AttackedBatch attacked;

  @BeforeAll
  static void attack() {
    engine = new OnnxRuntimeEngine(0);
    generator = GeneratorModel.open(OnnxModel.read(Golden.model("mnist-dcgan")), engine);
    target = AttackTarget.open(generator, OnnxModel.read(Golden.model("mnist-mlp")), engine);
    SplittableRandom random = new SplittableRandom(71);
    float[] z = new float[SAMPLES * 100];
    for (int i = 0; i < z.length; i++) {
      z[i] = (float) random.nextGaussian();
    }
    latents = new LatentBatch(7, 100, z);
    attacked = target.search(latents, PLAN);
  }

  @AfterAll
  static void close() {
    target.close();
    generator.close();
    engine.close();
  }

  private static Diagnostics.Measured measured(String... names) {
    return Diagnostics.of(List.of(names), PLAN).measure(target, engine, latents, attacked);
  }

  @Test
  void withoutNamesResultsAreAsTheyWere() {
    assertThat(measured().samples()).isEqualTo(attacked.results());
    assertThat(measured().unavailable()).isEmpty();
  }

  @Test
  void kktResidualsAreThoseOfTheAttack() {
    for (SampleResult sample : measured("kkt-residual").samples()) {
      assertThat(sample.diagnostics().keySet()).isEqualTo(sample.spaces().keySet());
      sample
          .diagnostics()
          .forEach(
              (space, values) ->
                  assertThat(values)
                      .containsExactly(
                          Map.entry(
                              "kkt_residual",
                              ((Outcome.Found) sample.spaces().get(space)).kktResidual())));
    }
  }

  @Test
  void lowerBoundsLieBelowWhatIsFound() {
    for (SampleResult sample : measured("lower-bounds").samples()) {
      assertThat(sample.diagnostics()).containsOnlyKeys(Space.UNCONSTRAINED);
      Map<String, Double> values = sample.diagnostics().get(Space.UNCONSTRAINED);
      assertThat(values).containsOnlyKeys("lower_bound", "peck_bound");
      assertThat(values.get("lower_bound"))
          .isPositive()
          .isLessThan(sample.spaces().get(Space.UNCONSTRAINED).distanceIfKnown().getAsDouble());
    }
  }

  @Test
  void projectionKeepsTheorem2() {
    for (SampleResult sample : measured("projection").samples()) {
      Map<String, Double> values = sample.diagnostics().get(Space.UNCONSTRAINED);
      double inDistribution = values.get("projected_in_distribution");
      assertThat(inDistribution)
          .isLessThanOrEqualTo(
              sample.spaces().get(Space.IN_DISTRIBUTION).distanceIfKnown().getAsDouble());
      assertThat(values.get("projected_least_distance")).isEqualTo(inDistribution / 2);
      assertThat(values.get("projected_distance"))
          .isGreaterThanOrEqualTo(inDistribution / 2 * (1 - 1e-5));
      assertThat(values.get("inversion_residual")).isPositive();
      assertThat(values.get("inversion_keeps_label")).isIn(0.0, 1.0);
    }
  }

  @Test
  void severalAreMeasuredTogetherUnderTheNamesThatTheyDeclare() {
    String[] all = Diagnostics.known().keySet().toArray(String[]::new);
    assertThat(all).contains("kkt-residual", "lower-bounds", "projection");
    for (SampleResult sample : measured(all).samples()) {
      List<String> declared =
          Diagnostics.known().values().stream()
              .flatMap(diagnostic -> diagnostic.values().keySet().stream())
              .toList();
      assertThat(declared).doesNotHaveDuplicates();
      assertThat(sample.diagnostics().values())
          .allSatisfy(values -> assertThat(declared).containsAll(values.keySet()));
    }
  }

  @Test
  void whatAModelDoesNotHaveIsUnavailableForAReasonAndCostsTheOthersNothing() {
    SampleDiagnostic none =
        new SampleDiagnostic() {
          @Override
          public String name() {
            return "none";
          }

          @Override
          public Map<String, String> values() {
            return Map.of("none", "nothing");
          }

          @Override
          public Probe open(AttackTarget target, Engine engine) {
            throw new InvalidInputException("Node 7 has no bound.");
          }
        };
    Diagnostics.Measured measured =
        Diagnostics.of(List.of(none, new KktResidual())).measure(target, engine, latents, attacked);

    assertThat(measured.unavailable()).containsExactly(Map.entry("none", "Node 7 has no bound."));
    assertThat(measured.samples()).isEqualTo(measured("kkt-residual").samples());
  }

  @Test
  void preparationIsDoneOncePerTarget() {
    int[] opened = {0};
    SampleDiagnostic counting =
        new SampleDiagnostic() {
          @Override
          public String name() {
            return "counting";
          }

          @Override
          public Map<String, String> values() {
            return Map.of("one", "1");
          }

          @Override
          public Probe open(AttackTarget target, Engine engine) {
            opened[0]++;
            return (z, samples) ->
                samples.stream()
                    .map(s -> new SampleValues().with(Space.LATENT, "one", 1.0))
                    .toList();
          }
        };
    for (int i = 0; i < 2; i++) {
      Diagnostics.of(List.of(counting)).measure(target, engine, latents, attacked);
    }
    assertThat(opened[0]).isOne();
  }

  @Test
  void whatIsNoNumberIsLeftOut() {
    assertThat(
            new SampleValues()
                .with(Space.LATENT, "a", Double.NaN)
                .with(Space.LATENT, "b", null)
                .with(Space.LATENT, "c", Double.POSITIVE_INFINITY)
                .bySpace())
        .isEmpty();
  }

  @Test
  void unknownNamesAndUnfitPlansAreRefused() {
    assertThatThrownBy(() -> Diagnostics.of(List.of("kkt"), PLAN))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "There is no diagnostic 'kkt'; choose among "
                + String.join(", ", Diagnostics.known().keySet())
                + ".");
    AttackPlan latent = AttackPlan.of(List.of(Space.LATENT), FAST);
    assertThatThrownBy(() -> Diagnostics.of(List.of("projection"), latent))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("add them to the spaces");
    AttackPlan bounded =
        new AttackPlan(List.of(Space.values()), FAST, Norm.L2, new PixelRange(0, 1));
    assertThatThrownBy(() -> Diagnostics.of(List.of("projection"), bounded))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("ℓ2 norms without bounds");
    AttackPlan linf = new AttackPlan(List.of(Space.values()), FAST, Norm.LINF, null);
    assertThatThrownBy(() -> Diagnostics.of(List.of("lower-bounds"), linf))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("is of ℓ2 norms");
  }
}
