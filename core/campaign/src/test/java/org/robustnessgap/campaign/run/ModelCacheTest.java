package org.robustnessgap.campaign.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.robustnessgap.onnx.Refusals.assertRefused;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.attack.AttackTarget;
import org.robustnessgap.attack.generator.GeneratorModel;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.messages.GeneratorReference;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.onnx.TestGraph;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.ValueShapes;

class ModelCacheTest {
  private static final float[][] IDENTITY = {{1, 0}, {0, 1}};

  private final CountingEngine engine = new CountingEngine();

  @TempDir private Path folder;

  /** Counts what is open. */
  private static final class CountingEngine implements Engine {
    private final Engine engine = new OnnxRuntimeEngine(1);
    private final List<String> open = new ArrayList<>();

    @Override
    public String name() {
      return "counting";
    }

    @Override
    public Executable load(OnnxModel model) {
      Executable loaded = engine.load(model);
      open.add(model.name());
      return new Executable() {
        @Override
        public List<Tensor> run(Tensor... inputs) {
          return loaded.run(inputs);
        }

        @Override
        public void close() {
          open.remove(model.name());
          loaded.close();
        }
      };
    }

    @Override
    public Map<String, ValueShapes.Probed> run(OnnxModel model, int batch) {
      return engine.run(model, batch);
    }

    @Override
    public Map<String, TensorProto> values(OnnxModel model, int batch) {
      return engine.values(model, batch);
    }

    @Override
    public void close() {}
  }

  private void write(String name, float[][] weights) throws IOException {
    Path file = folder.resolve(name + ".onnx");
    boolean replaced = Files.exists(file);
    Files.write(file, TestGraph.linear(name, weights).toBytes());
    if (replaced) {
      // File systems keep times no finer than a clock tick.
      Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1_900_000_000)));
    }
  }

  private static GeneratorReference generator(String name) {
    return new GeneratorReference(name, name + ".onnx", 2);
  }

  private static ModelReference classifier(String name) {
    return new ModelReference(name, name + ".onnx");
  }

  @Test
  void aModelIsOpenedOnce() throws IOException {
    write("g", IDENTITY);
    write("f", IDENTITY);
    try (ModelCache cache = new ModelCache(folder, engine)) {
      GeneratorModel generator = cache.generator(generator("g"));
      AttackTarget target = cache.target(generator("g"), classifier("f"));

      assertThat(cache.generator(generator("g"))).isSameAs(generator);
      assertThat(cache.target(generator("g"), classifier("f"))).isSameAs(target);
      // Forward and gradient of the generator, the classifier and the two composed.
      assertThat(engine.open).hasSize(6);
    }
  }

  @Test
  void twoPathsToOneFileAreOneModel() throws IOException {
    write("g", IDENTITY);
    try (ModelCache cache = new ModelCache(folder, engine)) {
      GeneratorModel generator = cache.generator(generator("g"));
      String absolute = folder.resolve("g.onnx").toAbsolutePath().toString();

      assertThat(cache.generator(new GeneratorReference("g", "./x/../g.onnx", 2)))
          .isSameAs(generator);
      assertThat(cache.generator(new GeneratorReference("g", absolute, 2))).isSameAs(generator);
    }
  }

  @Test
  void aChangedFileIsReadAgain() throws IOException {
    write("g", IDENTITY);
    write("f", IDENTITY);
    try (ModelCache cache = new ModelCache(folder, engine)) {
      AttackTarget before = cache.target(generator("g"), classifier("f"));
      write("f", new float[][] {{1, 0, 0}, {0, 1, 0}});
      AttackTarget after = cache.target(generator("g"), classifier("f"));

      assertThat(before.classes()).isEqualTo(2);
      assertThat(after.classes()).isEqualTo(3);
    }
  }

  @Test
  void aFileOfTheSameLengthThatChangedIsReadAgain() throws IOException {
    write("g", IDENTITY);
    try (ModelCache cache = new ModelCache(folder, engine)) {
      GeneratorModel before = cache.generator(generator("g"));
      write("g", new float[][] {{2, 0}, {0, 2}});

      assertThat(cache.generator(generator("g"))).isNotSameAs(before);
    }
  }

  @Test
  void theOldestIsClosedWhenThereAreMany() throws IOException {
    write("g", IDENTITY);
    try (ModelCache cache = new ModelCache(folder, engine)) {
      for (int i = 0; i < 9; i++) {
        write("f" + i, IDENTITY);
        cache.target(generator("g"), classifier("f" + i));
        // Used again and again, so never the oldest.
        cache.target(generator("g"), classifier("f0"));
      }

      assertThat(engine.open).contains("f0", "f8", "g").doesNotContain("f1");
      assertThat(engine.open).hasSize(2 + 8 * 4);
    }
  }

  /** A target keeps using its generator, so a generator must not be closed under it. */
  @Test
  void aTargetSurvivesTheEvictionOfItsGenerator() throws IOException {
    write("f", IDENTITY);
    try (ModelCache cache = new ModelCache(folder, engine)) {
      for (int i = 0; i < 6; i++) {
        write("g" + i, IDENTITY);
        cache.target(generator("g" + i), classifier("f"));
      }
      for (int i = 0; i < 6; i++) {
        AttackTarget target = cache.target(generator("g" + i), classifier("f"));

        assertThat(
                target.attack(
                    new org.robustnessgap.messages.LatentBatch(0, 2, new float[] {1, 2}),
                    org.robustnessgap.messages.AttackPlan.standard()))
            .hasSize(1);
      }
    }
  }

  @Test
  void closingClosesEverything() throws IOException {
    write("g", IDENTITY);
    write("f", IDENTITY);
    try (ModelCache cache = new ModelCache(folder, engine)) {
      cache.target(generator("g"), classifier("f"));
    }

    assertThat(engine.open).isEmpty();
  }

  @Test
  void aRefusedPairLeavesNothingOpen() throws IOException {
    write("g", IDENTITY);
    write("narrow", new float[][] {{1, 0}});
    try (ModelCache cache = new ModelCache(folder, engine)) {
      assertRefused(() -> cache.target(generator("g"), classifier("narrow")), "narrow");
      assertThat(engine.open).containsOnly("g", "g-gradient");
    }
  }

  @Test
  void missingFile() throws IOException {
    write("g", IDENTITY);
    try (ModelCache cache = new ModelCache(folder, engine)) {
      assertRefused(() -> cache.generator(generator("absent")), "absent.onnx", "no file");
      assertRefused(
          () -> cache.target(generator("g"), classifier("absent")), "absent.onnx", "no file");
    }
  }

  @Test
  void impossibleLocation() {
    try (ModelCache cache = new ModelCache(folder, engine)) {
      assertRefused(() -> cache.generator(new GeneratorReference("g", "a\0b", 2)), "a");
    }
  }
}
