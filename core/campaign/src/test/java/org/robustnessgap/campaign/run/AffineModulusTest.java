package org.robustnessgap.campaign.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.robustnessgap.onnx.TestGraph.X;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.junit.jupiter.api.Test;
import org.robustnessgap.attack.generator.GeneratorModel;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.onnx.TestGraph;
import org.robustnessgap.onnx.graph.OnnxModel;

class AffineModulusTest {
  private static final double PRECISE = 1e-5;

  private final SplittableRandom random = new SplittableRandom(8);

  private float[] gaussian(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** z ↦ σ(zW) + b, σ an operator or none. */
  private static OnnxModel decoder(float[] weights, int rows, float bias, String... operators) {
    int columns = weights.length / rows;
    TestGraph graph = new TestGraph(rows);
    float[] biases = new float[columns];
    Arrays.fill(biases, bias);
    String y = graph.node("MatMul", List.of(X, graph.floats(weights, rows, columns)));
    for (String operator : operators) {
      y = graph.node(operator, List.of(y));
    }
    return graph.model("g", graph.node("Add", List.of(y, graph.floats(biases, columns))));
  }

  private static OptionalDouble slope(OnnxModel model) {
    try (Engine engine = new OnnxRuntimeEngine(1);
        GeneratorModel generator = GeneratorModel.open(model, engine)) {
      return AffineModulus.slope(generator);
    }
  }

  private static double largestSingularValue(float[] weights, int rows) {
    int columns = weights.length / rows;
    double[][] matrix = new double[rows][columns];
    for (int i = 0; i < weights.length; i++) {
      matrix[i / columns][i % columns] = weights[i];
    }
    return new SingularValueDecomposition(new Array2DRowRealMatrix(matrix)).getNorm();
  }

  /** Singular values of a random matrix lie close together; the offset is no part of the slope. */
  @Test
  void isTheLargestSingularValue() {
    for (int rows : new int[] {1, 20, 100}) {
      float[] weights = gaussian(rows * 130);
      double expected = largestSingularValue(weights, rows);
      for (float bias : new float[] {0, 7}) {
        assertThat(slope(decoder(weights, rows, bias)).orElseThrow())
            .as("%d latent dimensions, offset %s", rows, bias)
            .isCloseTo(expected, within(PRECISE * expected));
      }
    }
  }

  @Test
  void moreLatentDimensionsThanAreFoundAtOnce() {
    float[] weights = gaussian(300 * 400);
    for (int i = 0; i < weights.length; i++) {
      weights[i] /= 1 + i / 400;
    }
    double expected = largestSingularValue(weights, 300);
    assertThat(slope(decoder(weights, 300, 0)).orElseThrow())
        .isCloseTo(expected, within(PRECISE * expected));
  }

  @Test
  void aGeneratorThatStandsStillHasNone() {
    assertThat(slope(decoder(new float[12], 3, 1)).orElseThrow()).isZero();
  }

  @Test
  void whatIsNotAffineHasNoSlope() {
    assertThat(slope(decoder(gaussian(12), 3, 1, "Sigmoid"))).isEmpty();
    assertThat(slope(decoder(gaussian(12), 3, 1, "Identity"))).isPresent();
  }
}
