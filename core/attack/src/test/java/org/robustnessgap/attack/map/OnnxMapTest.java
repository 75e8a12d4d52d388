package org.robustnessgap.attack.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.robustnessgap.onnx.Refusals.assertRefused;
import static org.robustnessgap.onnx.TestGraph.X;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Golden;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.onnx.TestGraph;
import org.robustnessgap.onnx.graph.OnnxModel;

class OnnxMapTest {
  private static final float[][] WEIGHTS = {{1, 2, 3}, {-1, 0, 5}};

  private final Engine engine = new OnnxRuntimeEngine(1);

  @Test
  void valuesAndProductsInBatchesOfAnySize() {
    Rows points = new Rows(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 2);
    Rows cotangents = new Rows(new float[] {1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1, -1, 0, 2}, 3);
    for (int batch : new int[] {1, 2, 3, 5, 64}) {
      try (OnnxMap map = new OnnxMap(TestGraph.linear("linear", WEIGHTS), engine, batch)) {
        assertThat(map.inputSize()).isEqualTo(2);
        assertThat(map.outputSize()).isEqualTo(3);
        Rows values = map.apply(points);
        DifferentiableMap.Product product = map.vjp(points, cotangents);

        assertThat(product.values().values()).isEqualTo(values.values());
        for (int row = 0; row < 5; row++) {
          float[] x = points.row(row);
          float[] v = cotangents.row(row);
          for (int k = 0; k < 3; k++) {
            assertThat((double) values.row(row)[k])
                .isCloseTo(x[0] * WEIGHTS[0][k] + x[1] * WEIGHTS[1][k], within(1e-5));
          }
          for (int i = 0; i < 2; i++) {
            assertThat((double) product.gradients().row(row)[i])
                .isCloseTo(
                    v[0] * WEIGHTS[i][0] + v[1] * WEIGHTS[i][1] + v[2] * WEIGHTS[i][2],
                    within(1e-5));
          }
        }
      }
    }
  }

  /** Which makes results reproducible whatever the memory and the cores. */
  @ParameterizedTest
  @ValueSource(strings = {"cifar10-lenet", "mnist-mlp"})
  void rowsDoNotDependOnTheBatchTheyAreIn(String classifier) {
    OnnxModel model = OnnxModel.read(Golden.model(classifier));
    SplittableRandom random = new SplittableRandom(1);
    try (Engine two = new OnnxRuntimeEngine(2);
        OnnxMap whole = OnnxMap.open(model, engine);
        OnnxMap parts = new OnnxMap(model, engine, 3);
        OnnxMap parallel = new OnnxMap(model, two, 7)) {
      Rows points = gaussian(random, 200, whole.inputSize());
      Rows cotangents = gaussian(random, 200, whole.outputSize());
      DifferentiableMap.Product product = whole.vjp(points, cotangents);
      for (OnnxMap other : List.of(parts, parallel)) {
        assertThat(other.apply(points).values()).isEqualTo(product.values().values());
        assertThat(other.vjp(points, cotangents).gradients().values())
            .isEqualTo(product.gradients().values());
      }
    }
  }

  private static Rows gaussian(SplittableRandom random, int count, int width) {
    float[] values = new float[count * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return new Rows(values, width);
  }

  @Test
  void anInterruptEndsItBetweenTwoRuns() {
    try (OnnxMap map = new OnnxMap(TestGraph.linear("linear", WEIGHTS), engine, 2)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> map.apply(Rows.zeros(3, 2)))
          .isInstanceOf(AttackCancelledException.class);
      assertThatThrownBy(() -> map.vjp(Rows.zeros(3, 2), Rows.zeros(3, 3)))
          .isInstanceOf(AttackCancelledException.class);
      assertThat(Thread.interrupted()).isTrue();

      assertThat(map.apply(Rows.zeros(3, 2)).values()).containsOnly(0);
    }
  }

  @Test
  void inputOfUnstatedShape() {
    OnnxModel linear = TestGraph.linear("linear", WEIGHTS);
    OnnxModel silent =
        new OnnxModel(
            "silent",
            linear.opset(),
            List.of(new OnnxModel.Value(X, TestGraph.FLOAT, null)),
            linear.outputs(),
            linear.nodes(),
            linear.initializers());

    assertRefused(() -> new OnnxMap(silent, engine, 4), "silent", X, "shape");
  }

  @Test
  void outputWithoutABatch() {
    TestGraph graph = new TestGraph(1);
    OnnxModel model = graph.model("flat", graph.node("Reshape", List.of(X, graph.longs(-1))));

    assertRefused(() -> new OnnxMap(model, engine, 4), "flat", "batch");
  }

  @Test
  void outputWithTheBatchLast() {
    TestGraph graph = new TestGraph(3);
    OnnxModel model = graph.model("turned", graph.node("Transpose", List.of(X)));

    assertRefused(() -> new OnnxMap(model, engine, 4), "turned", "batch");
  }
}
