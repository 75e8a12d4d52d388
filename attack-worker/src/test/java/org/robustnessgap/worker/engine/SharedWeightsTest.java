package org.robustnessgap.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.robustnessgap.worker.onnx.TestGraph.X;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.robustnessgap.worker.onnx.Differentiator;
import org.robustnessgap.worker.onnx.OnnxModel;
import org.robustnessgap.worker.onnx.TestGraph;

/** Weights that several sessions read from one buffer. */
class SharedWeightsTest {
  private static final int ROWS = 1200;
  private static final int COLUMNS = 1000;

  private final OnnxRuntimeEngine engine = new OnnxRuntimeEngine(1);

  /** x W for a W of 4.8 MB. */
  private static OnnxModel model(float[] weights) {
    TestGraph graph = new TestGraph(ROWS);
    String w = graph.floats(weights, ROWS, COLUMNS);
    return graph.model("large", graph.node("MatMul", List.of(X, w)));
  }

  private static float[] weights() {
    SplittableRandom random = new SplittableRandom(2);
    float[] weights = new float[ROWS * COLUMNS];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = random.nextInt(-8, 9);
    }
    return weights;
  }

  @Test
  void outputAndGradientOfALargeWeight() {
    float[] weights = weights();
    OnnxModel model = model(weights);
    float[] x = new float[ROWS];
    x[7] = 1;
    float[] v = new float[COLUMNS];
    v[3] = 1;
    try (Executable forward = engine.load(model);
        Executable gradient = engine.load(Differentiator.differentiate(model, engine))) {
      // What a collector could take, it takes now.
      System.gc();
      float[] y = forward.run(new Tensor(x, new long[] {1, ROWS})).get(0).values();
      List<Tensor> both =
          gradient.run(new Tensor(x, new long[] {1, ROWS}), new Tensor(v, new long[] {1, COLUMNS}));

      for (int i = 0; i < COLUMNS; i++) {
        assertThat(y[i]).isEqualTo(weights[7 * COLUMNS + i]);
      }
      assertThat(both.get(0).values()).isEqualTo(y);
      for (int i = 0; i < ROWS; i++) {
        assertThat(both.get(1).values()[i]).isEqualTo(weights[i * COLUMNS + 3]);
      }
    }
  }

  @Test
  void theBytesOfAModelDoNotRepeatALargeWeight() {
    OnnxModel model = model(weights());

    assertThat(SharedWeights.of(model).rest().toBytes().length).isLessThan(1000);
    assertThat(model.toBytes().length).isGreaterThan(ROWS * COLUMNS * Float.BYTES);
  }
}
