package org.robustnessgap.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.messages.InputContract;
import org.robustnessgap.messages.Json;
import org.robustnessgap.messages.Layout;
import org.robustnessgap.messages.ModelOptions;
import org.robustnessgap.messages.PixelSpace;
import org.robustnessgap.messages.PixelType;
import org.robustnessgap.onnx.graph.OnnxModel;

/**
 * Input contracts do what torchvision, timm and Keras do. {@code peers/preprocessing.py --record}
 * wrote what they do.
 */
class RecordedPreprocessingTest {
  private static final Path FILE = Path.of("src", "test", "resources", "preprocessing.jsonl");
  private static final double TOLERANCE = 1e-5;
  private static final double LEVEL = 1.0 / PixelSpace.LEVELS;

  private final Engine engine = new OnnxRuntimeEngine(1);

  /** Values of a tensor, in C order. */
  record Values(long[] shape, float[] values) {
    Tensor tensor() {
      return new Tensor(values, shape);
    }
  }

  /**
   * What a library made of an image.
   *
   * @param unit by which differences of the result are fractions of the pixel range; one number, or
   *     one a channel
   */
  record Recorded(String name, InputContract contract, Values image, Values result, double[] unit) {
    /** How far other values are from these, as fractions of the pixel range. */
    double[] differences(float[] others) {
      double[] differences = new double[others.length];
      boolean channelsLast = contract.model().layout() == Layout.NHWC;
      long channels = result.shape[channelsLast ? 3 : 1];
      long apart = channelsLast ? 1 : result.shape[2] * result.shape[3];
      for (int i = 0; i < others.length; i++) {
        int channel = unit.length == 1 ? 0 : (int) (i / apart % channels);
        differences[i] = Math.abs((double) others[i] - result.values[i]) * unit[channel];
      }
      return differences;
    }
  }

  @TestFactory
  Stream<DynamicTest> asRecorded() throws IOException {
    List<Recorded> all =
        Files.readAllLines(FILE).stream()
            .map(line -> Json.read(line.getBytes(StandardCharsets.UTF_8), Recorded.class))
            .toList();
    assertThat(all).extracting(Recorded::name).anyMatch(name -> name.startsWith("torchvision"));
    assertThat(all).extracting(Recorded::name).anyMatch(name -> name.startsWith("timm"));
    assertThat(all).extracting(Recorded::name).anyMatch(name -> name.startsWith("Keras"));
    return all.stream()
        .map(recorded -> DynamicTest.dynamicTest(recorded.name(), () -> assertClose(recorded)));
  }

  private void assertClose(Recorded recorded) throws IOException {
    float[] actual = composed(recorded);
    assertThat(actual).hasSameSizeAs(recorded.result().values());
    double[] differences = recorded.differences(actual);
    double largest = Arrays.stream(differences).max().orElseThrow();
    if (recorded.contract().pixels().type() == PixelType.UINT8) {
      // PIL's weights have 22 bits, so that it may round a half the other way.
      assertThat(largest).isLessThan(LEVEL + TOLERANCE);
      assertThat(Arrays.stream(differences).filter(each -> each > TOLERANCE).count())
          .isLessThanOrEqualTo(differences.length / 100);
    } else {
      assertThat(largest).isLessThan(TOLERANCE);
    }
  }

  /** Before a classifier that answers with what it is given. */
  private float[] composed(Recorded recorded) throws IOException {
    long[] shape = recorded.result().shape();
    TestGraph graph = new TestGraph(LongStream.of(shape).skip(1).toArray());
    OnnxModel identity = graph.model("identity", graph.node("Identity", List.of(TestGraph.X)));
    List<Long> image = LongStream.of(recorded.image().shape()).skip(1).boxed().toList();
    OnnxModel composed =
        ModelImport.of(identity, ModelOptions.NONE, recorded.contract(), image, engine);
    try (Executable loaded = engine.load(composed)) {
      return loaded.run(recorded.image().tensor()).get(0).values();
    }
  }
}
