package org.robustnessgap.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.robustnessgap.onnx.TestGraph.X;

import ai.onnx.proto.OnnxMl.ModelProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.Golden;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.onnx.adjoint.Differentiator;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.OnnxModel;

/**
 * A damaged file is refused, or read as what it now says; nothing else happens. {@code
 * -Drobustness.mutations=5000} tries more of them.
 */
class MutatedModelTest {
  /** How many damaged files in all, beside cut ones. */
  private static final int MUTATIONS = Integer.getInteger("robustness.mutations", 750);

  private static final Duration LONGEST = Duration.ofSeconds(10);

  private final Engine engine = engine();

  @TempDir private Path folder;

  private int refused;

  Engine engine() {
    return new OnnxRuntimeEngine(1);
  }

  @Test
  void damagedHeadOfARealModel() throws IOException {
    byte[] whole = Files.readAllBytes(Golden.model("mnist-mlp"));
    // Graph and shapes lie around the weights.
    for (int seed = 0; seed < MUTATIONS / 5; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] damaged = whole.clone();
      int edge = random.nextInt(600);
      flip(damaged, random.nextBoolean() ? edge : damaged.length - 1 - edge, random);
      tryOut(damaged, "seed " + seed);
    }
    assertThat(refused).isBetween(MUTATIONS / 75, MUTATIONS / 5 - 1);
  }

  @Test
  void damagedBits() throws IOException {
    byte[] whole = smallModel().toBytes();
    for (int seed = 0; seed < 2 * MUTATIONS / 5; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] damaged = whole.clone();
      for (int flips = random.nextInt(1, 4); flips > 0; flips--) {
        flip(damaged, random.nextInt(damaged.length), random);
      }
      tryOut(damaged, "seed " + seed);
    }
    assertThat(refused).isBetween(MUTATIONS / 15, 2 * MUTATIONS / 5 - 1);
  }

  @Test
  void damagedStructure() throws IOException {
    ModelProto whole = ModelProto.parseFrom(smallModel().toBytes());
    for (int seed = 0; seed < 2 * MUTATIONS / 5; seed++) {
      ModelProto.Builder damaged = whole.toBuilder();
      SplittableRandom random = new SplittableRandom(seed);
      for (int changes = random.nextInt(1, 4); changes > 0; changes--) {
        StructuralDamage.change(damaged, random);
      }
      tryOut(damaged.build().toByteArray(), "seed " + seed);
    }
    assertThat(refused).isBetween(MUTATIONS / 15, 2 * MUTATIONS / 5 - 1);
  }

  @Test
  void cutFiles() throws IOException {
    byte[] whole = smallModel().toBytes();
    for (int length = 0; length < whole.length; length += 3) {
      tryOut(Arrays.copyOf(whole, length), "length " + length);
    }
    assertThat(refused).isPositive();
  }

  private static void flip(byte[] bytes, int at, SplittableRandom random) {
    bytes[at] ^= (byte) (1 << random.nextInt(8));
  }

  /** One of every kind of rule, with few weights: most bits are structure. */
  private static OnnxModel smallModel() {
    TestGraph graph = new TestGraph(1, 4, 4);
    String kernel = graph.floats(new float[] {1, 2, 3, 4}, 1, 1, 2, 2);
    String convolved =
        graph.node("Conv", List.of(X, kernel), Attributes.of("pads", new long[] {1, 1, 0, 0}));
    String one = graph.floats(new float[] {1}, 1);
    String normal = graph.node("BatchNormalization", List.of(convolved, one, one, one, one));
    String positive = graph.node("LeakyRelu", List.of(normal), Attributes.of("alpha", 0.2f));
    String pooled =
        graph.node(
            "MaxPool",
            List.of(positive),
            Attributes.of("kernel_shape", new long[] {2, 2}),
            Attributes.of("strides", new long[] {2, 2}));
    String flat = graph.node("Reshape", List.of(pooled, graph.longs(0, -1)));
    String weights = graph.floats(new float[] {1, 0, 0, 1, 1, 1, 0, 1}, 4, 2);
    return graph.model(
        "small", graph.node("Gemm", List.of(flat, weights), Attributes.of("alpha", 0.5f)));
  }

  private void tryOut(byte[] bytes, String what) throws IOException {
    Path file = Files.write(folder.resolve("damaged.onnx"), bytes);
    assertTimeoutPreemptively(LONGEST, () -> tryOut(file, what), what);
  }

  private void tryOut(Path file, String what) {
    try {
      OnnxModel model = ModelImport.read(file, engine);
      OnnxModel differentiated = Differentiator.differentiate(model, engine);
      try (Executable forward = engine.load(model);
          Executable gradient = engine.load(differentiated)) {
        Tensor x = zeros(model.input().shape());
        Tensor y = forward.run(x).get(0);
        assertThat(gradient.run(x, y)).as(what).hasSize(2);
      }
    } catch (InvalidInputException e) {
      refused++;
      assertThat(e.getMessage()).as(what).isNotBlank().doesNotContain("\n");
    } catch (RuntimeException e) {
      throw new AssertionError(what, e);
    }
  }

  private static Tensor zeros(List<Long> shape) {
    long[] dimensions = shape.stream().mapToLong(Long::longValue).toArray();
    dimensions[0] = 2;
    return new Tensor(new float[TestGraph.size(dimensions)], dimensions);
  }
}
