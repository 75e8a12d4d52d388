package org.robustnessgap.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.robustnessgap.onnx.Refusals.assertRefused;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.robustnessgap.attack.generator.GeneratorModel;
import org.robustnessgap.attack.generator.Latents;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.pair.PairSearch;
import org.robustnessgap.attack.search.SearchResult;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.Golden;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.messages.Effort;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.TransferPlan;
import org.robustnessgap.messages.TransferResult;
import org.robustnessgap.onnx.TestGraph;
import org.robustnessgap.onnx.graph.OnnxModel;

/** Pairs of models. */
class TransferTargetTest {
  private static final int D = 100;
  private static final Engine ENGINE = new OnnxRuntimeEngine(0);
  private static final TransferPlan PLAN = TransferPlan.standard(64);

  /** Images are 3z; the first classifier compares x₁ with x₂, the second x₁ with −x₂. */
  private static List<TransferResult.Sample> measureLinear(float[][] second, float... z) {
    try (GeneratorModel generator =
            GeneratorModel.open(
                TestGraph.linear("threefold", new float[][] {{3, 0}, {0, 3}}), ENGINE);
        AttackTarget f =
            AttackTarget.open(
                generator, TestGraph.linear("f", new float[][] {{1, 0}, {0, 1}}), ENGINE);
        AttackTarget h = AttackTarget.open(generator, TestGraph.linear("h", second), ENGINE)) {
      TransferTarget target = new TransferTarget(f, h);
      List<TransferResult.Sample> samples = target.measure(new LatentBatch(7, 2, z), PLAN);
      target.requireUsable(samples);
      return samples;
    }
  }

  private static double distance(Outcome outcome) {
    return outcome.distanceIfKnown().orElseThrow();
  }

  @Test
  void closedFormsInBothSpaces() {
    TransferResult.Sample sample = measureLinear(new float[][] {{1, 0}, {0, -1}}, 4, 3).get(0);

    assertThat(sample.ordinal()).isEqualTo(7);
    assertThat(List.of(sample.firstLabel(), sample.secondLabel())).containsExactly(0, 0);
    assertThat(sample.imageNorm()).isCloseTo(15, within(1e-5));
    TransferResult.Perturbations latent = sample.spaces().get(Space.LATENT);
    // The diagonals cross at 0; one is 1/√2 away, the other 7/√2.
    assertThat(distance(latent.first().outcome())).isCloseTo(Math.sqrt(0.5), within(1e-3));
    assertThat(distance(latent.second().outcome())).isCloseTo(7 * Math.sqrt(0.5), within(1e-2));
    assertThat(distance(latent.both())).isBetween(5 - 1e-4, 5 + 5e-3);
    assertThat(latent.first().foolsOther()).isFalse();
    TransferResult.Perturbations images = sample.spaces().get(Space.UNCONSTRAINED);
    assertThat(distance(images.both())).isBetween(15 - 3e-4, 15.015);
  }

  @Test
  void differentNumbersOfClassesAreRefused() {
    float[][] three = {{1, 0, 2}, {0, 1, 2}};
    assertRefused(() -> measureLinear(three, 4, 3), "f and h", "2 and 3 classes");
  }

  @Test
  void aPairOfWhichOneAlwaysFailsIsRefused() {
    float[][] broken = {{Float.NaN, 0}, {0, 1}};
    assertRefused(() -> measureLinear(broken, 4, 3), "f and h", "all 1 samples", "not finite");
  }

  /** Row by row, in sessions of their own. */
  @Test
  void commonPointsChangeBothLabelsInAnIndependentRun() {
    Engine independent = new OnnxRuntimeEngine(1);
    LatentBatch latents = Latents.gaussian(2018, 12, D);
    OnnxModel lenet = OnnxModel.read(Golden.model("mnist-lenet"));
    OnnxModel mlp = OnnxModel.read(Golden.model("mnist-mlp"));
    try (GeneratorModel generator =
            GeneratorModel.open(OnnxModel.read(Golden.model("mnist-dcgan")), ENGINE);
        AttackTarget f = AttackTarget.open(generator, lenet, ENGINE);
        AttackTarget h = AttackTarget.open(generator, mlp, ENGINE);
        Executable ofFirst = independent.load(lenet);
        Executable ofSecond = independent.load(mlp)) {
      Rows images = generator.map().apply(generator.rows(latents));
      List<PairSearch> found =
          PairSearch.of(f.classifier(), h.classifier(), images, Effort.STANDARD);
      for (int i = 0; i < images.count(); i++) {
        SearchResult.Found both = found.get(i).both().found().orElseThrow();
        assertThat(label(ofFirst, both.point()))
            .isEqualTo(both.label())
            .isNotEqualTo(label(ofFirst, images.row(i)));
        assertThat(label(ofSecond, both.point())).isNotEqualTo(label(ofSecond, images.row(i)));
      }
      assertThat(new TransferTarget(f, h).measure(latents, PLAN))
          .isEqualTo(new TransferTarget(f, h).measure(latents, PLAN));
    }
  }

  private static int label(Executable classifier, float[] image) {
    Tensor logits = classifier.run(new Tensor(image, new long[] {1, 1, 28, 28})).get(0);
    return new Rows(logits.values(), 10).argMax(0);
  }
}
