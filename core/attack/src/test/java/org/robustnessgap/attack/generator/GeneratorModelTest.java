package org.robustnessgap.attack.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.robustnessgap.onnx.Refusals.assertRefused;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.QRDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.junit.jupiter.api.Test;
import org.robustnessgap.attack.map.AttackCancelledException;
import org.robustnessgap.attack.map.RowMap;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Golden;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.messages.SmoothnessPlan;
import org.robustnessgap.messages.SmoothnessResult;
import org.robustnessgap.onnx.TestGraph;
import org.robustnessgap.onnx.graph.OnnxModel;

class GeneratorModelTest {
  private static final int D = 6;
  private static final List<Double> RADII = List.of(0.1, 0.5, 2.0);

  private final Engine engine = new OnnxRuntimeEngine(0);

  /** Singular values 3, 1.5, 0.75, … in random directions. */
  private static float[][] matrix(int columns) {
    SplittableRandom random = new SplittableRandom(21);
    RealMatrix left = orthogonal(random, D);
    RealMatrix right = orthogonal(random, columns);
    RealMatrix scale = MatrixUtils.createRealMatrix(D, columns);
    for (int i = 0; i < D; i++) {
      scale.setEntry(i, i, 3 * Math.pow(0.5, i));
    }
    double[][] product = left.multiply(scale).multiply(right).getData();
    float[][] weights = new float[D][];
    for (int i = 0; i < D; i++) {
      weights[i] = RowMap.narrow(product[i]);
    }
    return weights;
  }

  private static RealMatrix orthogonal(SplittableRandom random, int size) {
    double[][] entries = RowMap.gaussian(random, size, size);
    return new QRDecomposition(MatrixUtils.createRealMatrix(entries)).getQ();
  }

  private static double largestSingularValue(float[][] weights) {
    double[][] wide = new double[weights.length][];
    for (int i = 0; i < weights.length; i++) {
      wide[i] = RowMap.wide(weights[i]);
    }
    return new SingularValueDecomposition(MatrixUtils.createRealMatrix(wide)).getNorm();
  }

  private static SmoothnessPlan plan(List<Double> radii, int restarts, int steps) {
    return new SmoothnessPlan(radii, 1000, restarts, steps, 64);
  }

  @Test
  void aLinearGeneratorMovesByItsLargestSingularValue() {
    float[][] weights = matrix(10);
    double sigma = largestSingularValue(weights);
    try (GeneratorModel generator =
        GeneratorModel.open(TestGraph.linear("linear", weights), engine)) {
      // More rows than one run of the engine takes.
      LatentBatch latents = Latents.gaussian(1, 100, D);
      List<SmoothnessResult.Sample> samples = generator.displacements(latents, plan(RADII, 2, 12));

      assertThat(samples).hasSize(100);
      for (int row = 0; row < 100; row++) {
        assertThat(samples.get(row).ordinal()).isEqualTo(row);
        for (int radius = 0; radius < RADII.size(); radius++) {
          double exact = RADII.get(radius) * sigma;
          assertThat(samples.get(row).displacements().get(radius))
              .isCloseTo(exact, within(1e-4 * exact));
        }
      }
    }
  }

  /** Even a single step yields a value that some perturbation of this length reaches. */
  @Test
  void neverMoreThanTheTruth() {
    float[][] weights = matrix(8);
    double sigma = largestSingularValue(weights);
    try (GeneratorModel generator =
        GeneratorModel.open(TestGraph.linear("linear", weights), engine)) {
      for (SmoothnessResult.Sample sample :
          generator.displacements(Latents.gaussian(2, 50, D), plan(RADII, 1, 1))) {
        for (int radius = 0; radius < RADII.size(); radius++) {
          assertThat(sample.displacements().get(radius))
              .isLessThanOrEqualTo(RADII.get(radius) * sigma * (1 + 1e-5))
              .isGreaterThan(RADII.get(radius) * sigma / 10);
        }
      }
    }
  }

  @Test
  void imageNorms() {
    float[][] weights = matrix(7);
    LatentBatch latents = Latents.gaussian(3, 5, D);
    try (GeneratorModel generator =
        GeneratorModel.open(TestGraph.linear("linear", weights), engine)) {
      List<SmoothnessResult.Sample> samples = generator.displacements(latents, plan(RADII, 1, 1));
      for (int row = 0; row < 5; row++) {
        double sum = 0;
        for (int column = 0; column < 7; column++) {
          double pixel = 0;
          for (int i = 0; i < D; i++) {
            pixel += (double) latents.values()[row * D + i] * weights[i][column];
          }
          sum += pixel * pixel;
        }
        assertThat(samples.get(row).imageNorm()).isCloseTo(Math.sqrt(sum), within(1e-5));
      }
    }
  }

  @Test
  void aConstantGeneratorDoesNotMove() {
    try (GeneratorModel generator =
        GeneratorModel.open(TestGraph.linear("constant", new float[D][9]), engine)) {
      assertThat(generator.displacements(Latents.gaussian(1, 3, D), plan(RADII, 2, 4)))
          .allSatisfy(sample -> assertThat(sample.displacements()).containsOnly(0.0));
    }
  }

  @Test
  void moreRestartsAndStepsReachAtLeastAsFar() {
    try (GeneratorModel generator = open("mnist-dcgan")) {
      LatentBatch latents = Latents.gaussian(5, 8, 100);
      List<Double> one = List.of(0.3);
      List<SmoothnessResult.Sample> little = generator.displacements(latents, plan(one, 1, 1));
      List<SmoothnessResult.Sample> much = generator.displacements(latents, plan(one, 3, 4));
      for (int row = 0; row < 8; row++) {
        assertThat(much.get(row).displacements().get(0))
            .isGreaterThanOrEqualTo(little.get(row).displacements().get(0) * (1 - 1e-6));
      }
    }
  }

  @Test
  void aRealGeneratorMovesFurtherAtLargerRadii() {
    try (GeneratorModel generator = open("mnist-dcgan")) {
      for (SmoothnessResult.Sample sample :
          generator.displacements(
              Latents.gaussian(6, 8, 100), plan(List.of(0.05, 0.2, 0.8), 1, 3))) {
        List<Double> moved = sample.displacements();
        assertThat(moved).isSorted();
        assertThat(moved.get(0)).isPositive();
        assertThat(moved.get(2)).isGreaterThan(1.5 * moved.get(0));
      }
    }
  }

  @Test
  void theCutIntoBatchesDoesNotMatter() {
    LatentBatch latents = Latents.gaussian(7, 12, 100);
    SmoothnessPlan plan = plan(List.of(0.1, 0.4), 2, 3);
    try (GeneratorModel generator = open("mnist-dcgan")) {
      List<SmoothnessResult.Sample> whole = generator.displacements(latents, plan);
      List<SmoothnessResult.Sample> parts = new ArrayList<>();
      parts.addAll(generator.displacements(Latents.slice(latents, 0, 5), plan));
      parts.addAll(generator.displacements(Latents.slice(latents, 5, 12), plan));
      for (int row = 0; row < 12; row++) {
        assertThat(parts.get(row).ordinal()).isEqualTo(whole.get(row).ordinal());
        for (int radius = 0; radius < 2; radius++) {
          double expected = whole.get(row).displacements().get(radius);
          assertThat(parts.get(row).displacements().get(radius))
              .isCloseTo(expected, within(1e-3 * expected));
        }
      }
      assertThat(generator.displacements(latents, plan)).isEqualTo(whole);
    }
  }

  @Test
  void latentVectorsOfAnotherLength() {
    try (GeneratorModel generator =
        GeneratorModel.open(TestGraph.linear("linear", matrix(7)), engine)) {
      assertThat(generator.latentDimension()).isEqualTo(D);
      assertRefused(
          () -> generator.displacements(Latents.gaussian(1, 3, 5), plan(RADII, 1, 1)),
          "linear",
          "length 6",
          "given 5");
    }
  }

  @Test
  void imagesThatAreNotFinite() {
    float[][] weights = new float[D][2];
    weights[0][0] = Float.MAX_VALUE;
    weights[1][0] = Float.MAX_VALUE;
    LatentBatch latents = new LatentBatch(0, D, new float[] {4, 4, 0, 0, 0, 0});
    try (GeneratorModel generator =
        GeneratorModel.open(TestGraph.linear("overflow", weights), engine)) {
      assertRefused(
          () -> generator.displacements(latents, plan(RADII, 1, 1)), "overflow", "not finite");
    }
  }

  @Test
  void anInterruptEndsTheAscent() {
    try (GeneratorModel generator =
        GeneratorModel.open(TestGraph.linear("linear", matrix(7)), engine)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(
              () -> generator.displacements(Latents.gaussian(1, 3, D), plan(RADII, 1, 1)))
          .isInstanceOf(AttackCancelledException.class);
    } finally {
      assertThat(Thread.interrupted()).as("the interrupt is left for others to see").isTrue();
    }
  }

  private GeneratorModel open(String name) {
    return GeneratorModel.open(OnnxModel.read(Golden.model(name)), engine);
  }
}
