package org.robustnessgap.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.robustnessgap.onnx.TestGraph.X;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.onnx.TestGraph;
import org.robustnessgap.onnx.adjoint.Differentiator;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.Tensors;

/** Weights that several sessions read from one buffer. */
class SharedWeightsTest {
  private static final int ROWS = 1200;
  private static final int COLUMNS = 1000;

  private final OnnxRuntimeEngine engine = new OnnxRuntimeEngine(1);

  /** Their square takes 4.2 MB. */
  private static final int CHANNELS = 1024;

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

  /** The runtime puts scale and shift into the weights: into some of its own. */
  @Test
  void weightsThatTheRuntimeFoldsStayAsTheyAre() {
    TestGraph graph = new TestGraph(CHANNELS, 1, 1);
    SplittableRandom random = new SplittableRandom(3);
    String kernel = graph.gaussian(random, CHANNELS, CHANNELS, 1, 1);
    String convolved = graph.node("Conv", List.of(X, kernel));
    String scale = graph.uniform(random, 1, 2, CHANNELS);
    String shift = graph.uniform(random, -1, 1, CHANNELS);
    String normal =
        graph.node("BatchNormalization", List.of(convolved, scale, shift, shift, scale));
    OnnxModel folded = graph.model("folded", normal);
    OnnxModel plain = graph.model("plain", convolved);
    Tensor x = new Tensor(new float[CHANNELS], new long[] {1, CHANNELS, 1, 1});
    x.values()[5] = 1;
    float[] weights = Tensors.values(folded.initializers().get(kernel));
    try (Executable first = engine.load(folded);
        Executable second = engine.load(plain)) {
      float[] ofFolded = first.run(x).get(0).values();
      float[] ofPlain = second.run(x).get(0).values();

      for (int i = 0; i < CHANNELS; i++) {
        assertThat(ofPlain[i]).isEqualTo(weights[i * CHANNELS + 5]);
        float gain = Tensors.values(folded.initializers().get(scale))[i];
        float mean = Tensors.values(folded.initializers().get(shift))[i];
        double expected = (ofPlain[i] - mean) / Math.sqrt(gain + 1e-5) * gain + mean;
        assertThat(ofFolded[i]).isCloseTo((float) expected, within(1e-4f));
      }
    }
  }

  /** Neither aligned nor in the heap, as in a file. */
  @Test
  void aWeightInsideAFile(@TempDir Path folder) throws IOException {
    float[] weights = weights();
    Path file = folder.resolve("a-name-of-odd-length.onnx");
    Files.write(file, model(weights).toBytes());
    OnnxModel read = OnnxModel.read(file);
    float[] x = new float[ROWS];
    x[7] = 1;
    try (Executable forward = engine.load(read)) {
      float[] y = forward.run(new Tensor(x, new long[] {1, ROWS})).get(0).values();

      assertThat(y).isEqualTo(Arrays.copyOfRange(weights, 7 * COLUMNS, 8 * COLUMNS));
    }
  }
}
