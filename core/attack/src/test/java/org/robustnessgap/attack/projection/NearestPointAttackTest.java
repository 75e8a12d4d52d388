package org.robustnessgap.attack.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.DoubleFunction;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.junit.jupiter.api.Test;
import org.robustnessgap.attack.AttackTarget;
import org.robustnessgap.attack.AttackedSample;
import org.robustnessgap.attack.generator.GeneratorModel;
import org.robustnessgap.attack.map.DifferentiableMap;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Golden;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.Space;
import org.robustnessgap.onnx.TestGraph;
import org.robustnessgap.onnx.graph.OnnxModel;

class NearestPointAttackTest {
  private static final int D = 5;
  private static final int PIXELS = 12;
  private static final Engine ENGINE = new OnnxRuntimeEngine(1);

  private static float[][] gaussian(SplittableRandom random, int rows, int columns) {
    float[][] matrix = new float[rows][columns];
    for (float[] row : matrix) {
      for (int i = 0; i < columns; i++) {
        row[i] = (float) random.nextGaussian();
      }
    }
    return matrix;
  }

  private static RealMatrix wide(float[][] matrix) {
    RealMatrix wide = MatrixUtils.createRealMatrix(matrix.length, matrix[0].length);
    for (int i = 0; i < matrix.length; i++) {
      for (int j = 0; j < matrix[0].length; j++) {
        wide.setEntry(i, j, matrix[i][j]);
      }
    }
    return wide;
  }

  private static LatentBatch latents(int seed, int count, int dimension) {
    float[][] rows = gaussian(new SplittableRandom(seed), 1, count * dimension);
    return new LatentBatch(0, dimension, rows[0]);
  }

  private static List<ProjectedSample> project(
      OnnxModel generator, OnnxModel classifier, LatentBatch latents) {
    try (GeneratorModel g = GeneratorModel.open(generator, ENGINE);
        AttackTarget target = AttackTarget.open(g, classifier, ENGINE)) {
      List<AttackedSample> attacked = target.search(latents, AttackPlan.standard()).samples();
      return new NearestPointAttack(g, target, 0).attack(latents, attacked);
    }
  }

  /**
   * With g(z) = Gz and P the projection onto its range, f̃(x) = f(Px): the half-space with normal w
   * becomes one with normal Pw, at the distance |w·x|/‖Pw‖ = r_in(f), while r_unc(f) = |w·x|/‖w‖.
   */
  @Test
  void ofALinearGeneratorAndAHalfSpaceItIsTheDistanceWithinTheRange() {
    SplittableRandom random = new SplittableRandom(5);
    float[][] transposed = gaussian(random, D, PIXELS);
    float[][] logits = gaussian(random, PIXELS, 2);
    LatentBatch latents = latents(1, 6, D);

    List<ProjectedSample> samples =
        project(
            TestGraph.linear("generator", transposed),
            TestGraph.linear("classifier", logits),
            latents);

    RealMatrix g = wide(transposed).transpose();
    RealMatrix projection = g.multiply(new SingularValueDecomposition(g).getSolver().getInverse());
    RealVector w = wide(logits).getColumnVector(0).subtract(wide(logits).getColumnVector(1));
    for (int i = 0; i < latents.count(); i++) {
      double[] z = new double[D];
      for (int k = 0; k < D; k++) {
        z[k] = latents.values()[i * D + k];
      }
      double exact =
          Math.abs(w.dotProduct(g.operate(new ArrayRealVector(z))))
              / projection.operate(w).getNorm();
      ProjectedSample sample = samples.get(i);
      assertThat(sample.outcome().distanceIfKnown().orElseThrow())
          .isCloseTo(exact, within(5e-3 * exact));
      assertThat(sample.inDistribution()).isCloseTo(exact, within(5e-3 * exact));
      assertThat(sample.inversion().residual()).isLessThan(1e-3);
      assertThat(sample.inversion().keepsLabel()).isTrue();
      assertThat(sample.inversion().disagreeing()).isZero();
    }
  }

  /** A curve in the plane. */
  private record Curve(DoubleFunction<double[]> point, DoubleFunction<double[]> tangent)
      implements DifferentiableMap {
    @Override
    public int inputSize() {
      return 1;
    }

    @Override
    public int outputSize() {
      return 2;
    }

    @Override
    public Rows apply(Rows points) {
      float[] images = new float[2 * points.count()];
      for (int i = 0; i < points.count(); i++) {
        double[] image = point.apply(points.values()[i]);
        images[2 * i] = (float) image[0];
        images[2 * i + 1] = (float) image[1];
      }
      return new Rows(images, 2);
    }

    @Override
    public Product vjp(Rows points, Rows cotangents) {
      float[] gradients = new float[points.count()];
      for (int i = 0; i < gradients.length; i++) {
        double[] along = tangent.apply(points.values()[i]);
        float[] v = cotangents.row(i);
        gradients[i] = (float) (along[0] * v[0] + along[1] * v[1]);
      }
      return new Product(apply(points), new Rows(gradients, 1));
    }
  }

  private static final Curve CIRCLE =
      new Curve(
          z -> new double[] {Math.cos(z), Math.sin(z)},
          z -> new double[] {-Math.sin(z), Math.cos(z)});

  /** Class 1 on an arc around π: logits (0, −cos z − cos halfWidth). */
  private static Curve arc(double halfWidth) {
    return new Curve(
        z -> new double[] {0, -Math.cos(z) - Math.cos(halfWidth)},
        z -> new double[] {0, Math.sin(z)});
  }

  /**
   * From angle 0 to the middle of a narrow arc around π the images are 2 apart, but just beyond the
   * centre of the circle the arc is nearest: the half of Theorem 2 is attained.
   */
  @Test
  void aManifoldThatBendsBackAttainsTheHalf() {
    double inDistribution = 2;
    Map<Space, Outcome> found =
        Map.of(Space.IN_DISTRIBUTION, new Outcome.Found(inDistribution, 1, null, 1, 1));
    AttackedSample sample =
        new AttackedSample(
            new SampleResult(3, 0, 0, 1, found),
            Map.of(Space.IN_DISTRIBUTION, new float[] {(float) Math.PI}));

    ProjectedSample projected =
        new NearestPointAttack(CIRCLE, arc(0.01), 0)
            .attack(new LatentBatch(0, 1, new float[] {0}), List.of(sample))
            .get(0);

    assertThat(projected.ordinal()).isEqualTo(3);
    assertThat(projected.outcome()).isInstanceOf(Outcome.Found.class);
    assertThat(projected.outcome().distanceIfKnown().orElseThrow())
        .isBetween(inDistribution / 2 * (1 - 1e-5), inDistribution / 2 * 1.01);
    assertThat(projected.excess()).isNegative();
  }

  @Test
  void whatCannotBeAttackedStaysSo() {
    Map<Space, Outcome> tie = Map.of(Space.IN_DISTRIBUTION, new Outcome.Tie(0, 0));
    Map<Space, Outcome> failed = Map.of(Space.IN_DISTRIBUTION, new Outcome.Failed("why", 0, 0));
    Map<Space, Outcome> lost =
        Map.of(Space.IN_DISTRIBUTION, new Outcome.NotFound(Outcome.NotFound.Reason.BUDGET, 0, 0));

    List<ProjectedSample> projected =
        new NearestPointAttack(CIRCLE, arc(0.5), 0)
            .attack(
                new LatentBatch(0, 1, new float[] {0, 1, 2}),
                List.of(
                    new AttackedSample(new SampleResult(0, 0, 0, 1, tie), Map.of()),
                    new AttackedSample(new SampleResult(1, -1, 1, 1, failed), Map.of()),
                    new AttackedSample(new SampleResult(2, 0, 2, 1, lost), Map.of())));

    assertThat(projected)
        .extracting(sample -> (Object) sample.outcome().getClass())
        .containsExactly(Outcome.Tie.class, Outcome.Failed.class, Outcome.NotFound.class);
    assertThat(projected.get(1).inversion()).isNull();
  }

  @Test
  void ofARealModelItLiesBetweenHalfAndAllOfInDistribution() {
    List<ProjectedSample> samples =
        project(
            OnnxModel.read(Golden.model("mnist-dcgan")),
            OnnxModel.read(Golden.model("mnist-mlp")),
            latents(2, 2, 100));
    assertThat(samples)
        .allSatisfy(
            sample -> {
              double distance = sample.outcome().distanceIfKnown().orElseThrow();
              assertThat(distance)
                  .isGreaterThanOrEqualTo(sample.inDistribution() / 2 * (1 - 1e-5))
                  .isLessThanOrEqualTo(sample.inDistribution() * (1 + 1e-5));
              assertThat(sample.excess()).isLessThan(1e-5 * distance);
              assertThat(sample.outcome().gradients()).isPositive();
            });
  }
}
