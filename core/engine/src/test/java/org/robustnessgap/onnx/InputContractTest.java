package org.robustnessgap.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.robustnessgap.onnx.TestGraph.X;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.messages.Colour;
import org.robustnessgap.messages.InputContract;
import org.robustnessgap.messages.Layout;
import org.robustnessgap.messages.ModelInput;
import org.robustnessgap.messages.ModelOptions;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.messages.Resize;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.OnnxModel;

/** A classifier of other pixels behind the contract that says so is the classifier itself. */
class InputContractTest {
  private static final int SIDE = 4;
  private static final int CLASSES = 5;
  private static final int ROWS = 6;
  private static final List<Double> MEAN = List.of(0.406, 0.456, 0.485);
  private static final List<Double> STD = List.of(0.225, 0.224, 0.229);

  private final Engine engine = new OnnxRuntimeEngine(1);

  @TempDir private Path folder;

  /** Of images [3, 4, 4], RGB in [0, 1]. */
  private static String body(TestGraph graph, String image) {
    SplittableRandom random = new SplittableRandom(9);
    String flat = graph.node("Flatten", List.of(image));
    String hidden =
        graph.node(
            "Tanh",
            List.of(
                graph.node("MatMul", List.of(flat, graph.gaussian(random, 3L * SIDE * SIDE, 7)))));
    return graph.node("MatMul", List.of(hidden, graph.gaussian(random, 7, CLASSES)));
  }

  private float[] scores(OnnxModel model, float[] images, long... shape) {
    try (Executable loaded = engine.load(model)) {
      return loaded.run(new Tensor(images, shape)).get(0).values();
    }
  }

  private static float[] images(int count) {
    SplittableRandom random = new SplittableRandom(2);
    float[] images = new float[count];
    for (int i = 0; i < count; i++) {
      images[i] = (float) random.nextDouble();
    }
    return images;
  }

  private OnnxModel behind(OnnxModel model, InputContract contract, Long... image)
      throws IOException {
    Path file = Files.write(folder.resolve("twin.onnx"), model.toBytes());
    return ModelImport.read(file, ModelOptions.NONE, contract, List.of(image), engine);
  }

  @Test
  void channelsLastInReverseOrderAndNormalised() throws IOException {
    TestGraph plain = new TestGraph(3, SIDE, SIDE);
    OnnxModel expected = plain.model("plain", body(plain, X));

    TestGraph graph = new TestGraph(SIDE, SIDE, 3);
    String std = graph.floats(new float[] {0.225f, 0.224f, 0.229f}, 3);
    String mean = graph.floats(new float[] {0.406f, 0.456f, 0.485f}, 3);
    String pixels = graph.node("Add", List.of(graph.node("Mul", List.of(X, std)), mean));
    String rgb =
        graph.node("Gather", List.of(pixels, graph.longs(2, 1, 0)), Attributes.of("axis", 3L));
    String image =
        graph.node("Transpose", List.of(rgb), Attributes.of("perm", new long[] {0, 3, 1, 2}));
    OnnxModel twin = graph.model("twin", body(graph, image));
    InputContract contract =
        new InputContract(
            null, null, null, new ModelInput(Layout.NHWC, null, null, MEAN, STD, Colour.BGR));

    float[] images = images(ROWS * 3 * SIDE * SIDE);
    long[] shape = {ROWS, 3, SIDE, SIDE};
    OnnxModel composed = behind(twin, contract, 3L, (long) SIDE, (long) SIDE);
    assertThat(scores(composed, images, shape))
        .containsExactly(scores(expected, images, shape), within(1e-5f));
  }

  @Test
  void pixelsFrom0To255() throws IOException {
    TestGraph plain = new TestGraph(3, SIDE, SIDE);
    OnnxModel expected = plain.model("plain", body(plain, X));

    TestGraph graph = new TestGraph(3, SIDE, SIDE);
    String unit = graph.node("Div", List.of(X, graph.floats(new float[] {255})));
    OnnxModel twin = graph.model("twin", body(graph, unit));
    InputContract contract =
        new InputContract(
            null, null, null, new ModelInput(null, null, new PixelRange(0, 255), null, null, null));

    float[] images = images(ROWS * 3 * SIDE * SIDE);
    long[] shape = {ROWS, 3, SIDE, SIDE};
    OnnxModel composed = behind(twin, contract, 3L, (long) SIDE, (long) SIDE);
    assertThat(scores(composed, images, shape))
        .containsExactly(scores(expected, images, shape), within(1e-5f));
  }

  /** Antialiased bilinear halving weighs four pixels of a side by 1, 3, 3 and 1 eighths. */
  @Test
  void halvedAndCropped() throws IOException {
    TestGraph graph = new TestGraph(1, 2, 2);
    OnnxModel identity = graph.model("twin", graph.node("Flatten", List.of(X)));
    InputContract contract =
        new InputContract(
            null, new Resize(List.of(4, 4), null, null), List.of(2), ModelInput.STANDARD);
    float[] image = images(64);

    float[] actual = scores(behind(identity, contract, 1L, 8L, 8L), image, 1, 1, 8, 8);
    float[] weights = {0.125f, 0.375f, 0.375f, 0.125f};
    for (int row = 0; row < 2; row++) {
      for (int column = 0; column < 2; column++) {
        double expected = 0;
        for (int i = 0; i < 4; i++) {
          for (int j = 0; j < 4; j++) {
            int y = 2 * (row + 1) - 1 + i;
            int x = 2 * (column + 1) - 1 + j;
            expected += weights[i] * weights[j] * image[8 * y + x];
          }
        }
        assertThat((double) actual[2 * row + column]).isCloseTo(expected, within(1e-5));
      }
    }
  }
}
