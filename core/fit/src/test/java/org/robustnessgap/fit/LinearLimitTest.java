package org.robustnessgap.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;
import org.robustnessgap.attack.AttackTarget;
import org.robustnessgap.attack.generator.GeneratorModel;
import org.robustnessgap.certificate.LipschitzGraph;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.limit.ClassMeasures;
import org.robustnessgap.limit.LatentLimit;
import org.robustnessgap.limit.LipschitzLimit;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.SmoothnessPlan;
import org.robustnessgap.messages.SmoothnessResult;
import org.robustnessgap.messages.Space;
import org.robustnessgap.onnx.graph.GraphBuilder;
import org.robustnessgap.onnx.graph.OnnxModel;

/**
 * The whole way from images to limits and robustness, in closed form: docs/explanation/theory.md.
 */
class LinearLimitTest {
  private static final int D = 4;
  private static final int SAMPLES = 256;
  private static final double THRESHOLD = 0.4;

  /** From this radius on the ascent has converged, at 0.048. */
  private static final int SETTLED = 5;

  private static final LinearGenerator FITTED =
      LinearGenerator.of(
          ImageSet.of(GaussianImages.of(500, 9, 3, 2, 1, 0.7, 0.3, 0.2, 0.1, 0.1, 0, 0, 0, 0)),
          D,
          1);

  private static final OnnxModel GENERATOR = FITTED.model("pca", List.of(3L, 2L, 2L));
  private static final LatentBatch LATENTS = latents();

  private static LatentBatch latents() {
    SplittableRandom random = new SplittableRandom(77);
    float[] values = new float[SAMPLES * D];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return new LatentBatch(0, D, values);
  }

  /** Class 1 where uᵢ·(x − μ)/σᵢ = zᵢ exceeds the threshold. */
  private static OnnxModel halfSpace(int i) {
    int size = FITTED.mean().length;
    float[] weights = new float[2 * size];
    double offset = -THRESHOLD;
    for (int k = 0; k < size; k++) {
      double weight = FITTED.directions()[i][k] / FITTED.deviations()[i];
      weights[2 * k] = (float) -weight;
      weights[2 * k + 1] = (float) weight;
      offset -= weight * FITTED.mean()[k];
    }
    GraphBuilder builder = new GraphBuilder("f/");
    String flat = builder.emit("Flatten", List.of("images"));
    String scores =
        builder.emit(
            "Gemm",
            List.of(
                flat,
                builder.floats(weights, size, 2),
                builder.floats(new float[] {(float) -offset, (float) offset}, 2)));
    return new OnnxModel(
        "half-space",
        OnnxModel.OPSET,
        List.of(value("images", -1L, 3L, 2L, 2L)),
        List.of(value(scores, -1L, 2L)),
        builder.nodes(),
        builder.constants());
  }

  private static OnnxModel.Value value(String name, Long... shape) {
    return new OnnxModel.Value(name, TensorProto.DataType.FLOAT_VALUE, List.of(shape));
  }

  private static List<SampleResult> attacked(OnnxModel classifier) {
    try (Engine engine = new OnnxRuntimeEngine(1);
        GeneratorModel generator = GeneratorModel.open(GENERATOR, engine);
        AttackTarget target = AttackTarget.open(generator, classifier, engine)) {
      return target.attack(LATENTS, AttackPlan.standard());
    }
  }

  private static double distance(SampleResult sample, Space space) {
    return sample.spaces().get(space).distanceIfKnown().orElseThrow();
  }

  /** r_Z = |zᵢ − b| and r_in = r_unc = σᵢ |zᵢ − b|: most of all along the first component. */
  @Test
  void aHalfSpaceAlongAComponentIsAsRobustAsItsDeviationSays() {
    for (int i : new int[] {0, 2}) {
      List<SampleResult> samples = attacked(halfSpace(i));
      for (int n = 0; n < SAMPLES; n++) {
        double latent = Math.abs(LATENTS.values()[n * D + i] - THRESHOLD);
        double image = FITTED.deviations()[i] * latent;
        assertThat(distance(samples.get(n), Space.LATENT))
            .isCloseTo(latent, within(1e-4 + 1e-4 * latent));
        for (Space space : List.of(Space.IN_DISTRIBUTION, Space.UNCONSTRAINED)) {
          assertThat(distance(samples.get(n), space))
              .as("%s of sample %d, component %d", space, n, i)
              .isCloseTo(image, within(1e-4 + 1e-4 * image));
        }
      }
    }
  }

  /**
   * Φ(b + η/σ₁) − Φ(b − η/σ₁), the probability of a distance up to η, is what the limit says, so no
   * smaller modulus is true; along any other component the distances are shorter.
   */
  @Test
  void theLimitIsAttainedAlongTheFirstComponentOnly() {
    NormalDistribution normal = new NormalDistribution();
    double above = 1 - normal.cumulativeProbability(THRESHOLD);
    LipschitzLimit limit =
        new LipschitzLimit(new LatentLimit(ClassMeasures.of(above, 1 - above)), FITTED.lipschitz());
    for (double eta : new double[] {0.05, 0.5, 2, 6}) {
      assertThat(limit.probability(eta)).isCloseTo(nearer(0, eta), within(1e-12));
      for (int i = 1; i < D; i++) {
        assertThat(nearer(i, eta)).isGreaterThan(limit.probability(eta) + 1e-4);
      }
    }

    double[] measured =
        attacked(halfSpace(0)).stream()
            .mapToDouble(sample -> distance(sample, Space.IN_DISTRIBUTION))
            .sorted()
            .toArray();
    // Dvoretzky, Kiefer, Wolfowitz: false for one in a thousand seeds.
    double band = Math.sqrt(Math.log(2 / 1e-3) / (2 * SAMPLES));
    for (int n = 0; n < SAMPLES; n++) {
      assertThat(limit.probability(measured[n])).isCloseTo((n + 0.5) / SAMPLES, within(band));
    }
  }

  private static double nearer(int component, double eta) {
    double t = eta / FITTED.deviations()[component];
    NormalDistribution normal = new NormalDistribution();
    return normal.cumulativeProbability(THRESHOLD + t)
        - normal.cumulativeProbability(THRESHOLD - t);
  }

  /** The constant that is proven and the displacement that ascent finds are both σ₁. */
  @Test
  void certifiedAndEstimatedModulusAreTheFirstDeviation() {
    try (Engine engine = new OnnxRuntimeEngine(1);
        GeneratorModel generator = GeneratorModel.open(GENERATOR, engine)) {
      assertThat(LipschitzGraph.of(GENERATOR, engine).constant())
          .isBetween(FITTED.lipschitz() * (1 - 1e-6), FITTED.lipschitz() * 1.002);
      SmoothnessPlan plan = SmoothnessPlan.standard(SAMPLES);
      for (SmoothnessResult.Sample sample : generator.displacements(LATENTS, plan)) {
        double[] found = sample.displacements().stream().mapToDouble(d -> d).toArray();
        for (int r = 0; r < found.length; r++) {
          double exact = FITTED.lipschitz() * plan.radii().get(r);
          // One step of each path at each radius: the first radii come before it has converged.
          double shortfall = r < SETTLED ? 0.2 : 0.01;
          assertThat(found[r]).isBetween(exact * (1 - shortfall), exact * (1 + 1e-4));
        }
      }
    }
  }
}
