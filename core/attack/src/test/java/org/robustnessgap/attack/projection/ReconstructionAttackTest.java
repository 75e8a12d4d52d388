package org.robustnessgap.attack.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.robustnessgap.attack.AttackTarget;
import org.robustnessgap.attack.generator.GeneratorModel;
import org.robustnessgap.attack.generator.Latents;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Golden;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.messages.Reconstruction;
import org.robustnessgap.messages.Reconstruction.TooFar;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.Space;
import org.robustnessgap.onnx.TestGraph;
import org.robustnessgap.onnx.graph.OnnxModel;

class ReconstructionAttackTest {
  private static final Engine ENGINE = new OnnxRuntimeEngine(1);

  /** g(z) = 2z in the plane of the first two of three axes. */
  private static final OnnxModel PLANE =
      TestGraph.linear("plane", new float[][] {{2, 0, 0}, {0, 2, 0}});

  /** Class 1 where x₁ + x₃ &gt; 0: r_unc = |x₁ + x₃| / √2, and in the plane r_in = |x₁|. */
  private static final OnnxModel SLANTED =
      TestGraph.linear("slanted", new float[][] {{0, 1}, {0, 0}, {0, 1}});

  private static List<SampleResult> attacked(
      OnnxModel g, OnnxModel f, List<Integer> shape, double limit, float... images) {
    int size = shape.stream().reduce(1, (a, b) -> a * b);
    try (GeneratorModel generator = GeneratorModel.open(g, ENGINE);
        GeneratorModel identity = GeneratorModel.ofImages("images", shape, ENGINE);
        ImageInversion inversion = ImageInversion.open(generator, null, ENGINE);
        AttackTarget onImages = AttackTarget.open(identity, f, ENGINE);
        AttackTarget onGenerated = AttackTarget.open(generator, f, ENGINE)) {
      return new ReconstructionAttack(onImages, onGenerated, inversion, limit)
          .search(new LatentBatch(5, size, images), AttackPlan.standard())
          .results();
    }
  }

  private static double distance(SampleResult sample, Space space) {
    return Objects.requireNonNull(sample.spaces().get(space)).distanceIfKnown().orElseThrow();
  }

  private static Reconstruction of(SampleResult sample) {
    return Objects.requireNonNull(sample.reconstruction());
  }

  @Test
  void distancesOfImageAndOfItsNearestAreClosedForms() {
    SampleResult sample = attacked(PLANE, SLANTED, List.of(3), 0.5, 2, 1, 0.5f).get(0);

    assertThat(sample.ordinal()).isEqualTo(5);
    assertThat(distance(sample, Space.UNCONSTRAINED)).isCloseTo(2.5 / Math.sqrt(2), within(1e-3));
    assertThat(distance(sample, Space.IN_DISTRIBUTION)).isCloseTo(2, within(1e-3));
    assertThat(distance(sample, Space.LATENT)).isCloseTo(1, within(1e-3));
    assertThat(of(sample).error()).isCloseTo(0.5, within(1e-5));
    assertThat(of(sample).latentNorm()).isCloseTo(Math.hypot(1, 0.5), within(1e-4));
    assertThat(of(sample).tooFar()).isNull();
  }

  /** At x₃ = 2 no perturbation in the plane is below 0.1, and x itself is 1.48 away. */
  @Test
  void anImageMayBeFartherFromTheBoundaryThanItsNearestIs() {
    SampleResult sample = attacked(PLANE, SLANTED, List.of(3), 0.9, 0.1f, 3, 2).get(0);

    double unconstrained = distance(sample, Space.UNCONSTRAINED);
    double inDistribution = distance(sample, Space.IN_DISTRIBUTION);
    assertThat(unconstrained).isGreaterThan(inDistribution);
    assertThat(unconstrained).isLessThanOrEqualTo(of(sample).error() + inDistribution + 1e-4);
  }

  @Test
  void whatIsTooFarIsMeasuredAsItIsAlone() {
    List<SampleResult> samples =
        attacked(PLANE, SLANTED, List.of(3), 0.5, 0, 0, 4, 1, 5, -2, 1, 5, -0.5f);

    assertThat(samples)
        .extracting(sample -> of(sample).tooFar())
        .containsExactly(TooFar.ERROR, TooFar.LABEL, null);
    assertThat(samples.get(0).spaces()).containsOnlyKeys(Space.UNCONSTRAINED);
    assertThat(samples.get(1).spaces()).containsOnlyKeys(Space.UNCONSTRAINED);
    assertThat(samples.get(1).label()).isZero();
    assertThat(of(samples.get(1)).label()).isEqualTo(1);
    assertThat(samples.get(2).spaces()).containsOnlyKeys(Space.values());
    assertThat(distance(samples.get(0), Space.UNCONSTRAINED))
        .isCloseTo(4 / Math.sqrt(2), within(1e-3));
  }

  /** On a decoder and a classifier that were trained, for each image. */
  @Test
  void byTheTriangleInequalityPixelsNeedNoMoreThanErrorAndManifold() {
    OnnxModel g = OnnxModel.read(Golden.model("mnist-dcgan"));
    OnnxModel f = OnnxModel.read(Golden.model("mnist-mlp"));
    float[] noisy;
    try (GeneratorModel generator = GeneratorModel.open(g, ENGINE)) {
      Rows images = generator.map().apply(generator.rows(Latents.gaussian(3, 3, 100)));
      noisy = images.values().clone();
    }
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < noisy.length; i++) {
      noisy[i] += (float) (0.05 * random.nextGaussian());
    }

    List<SampleResult> near = new ArrayList<>(attacked(g, f, List.of(1, 28, 28), 0.9, noisy));
    near.removeIf(sample -> of(sample).tooFar() != null);

    assertThat(near).isNotEmpty();
    for (SampleResult sample : near) {
      assertThat(of(sample).label()).isEqualTo(sample.label());
      assertThat(of(sample).error()).isPositive();
      assertThat(distance(sample, Space.UNCONSTRAINED))
          .isLessThanOrEqualTo(
              (of(sample).error() + distance(sample, Space.IN_DISTRIBUTION)) * (1 + 1e-5));
    }
  }
}
