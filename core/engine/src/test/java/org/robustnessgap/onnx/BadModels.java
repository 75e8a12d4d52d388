package org.robustnessgap.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.robustnessgap.onnx.Refusals.assertRefused;
import static org.robustnessgap.onnx.TestGraph.X;

import ai.onnx.proto.OnnxMl.ModelProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.onnx.adjoint.Differentiator;
import org.robustnessgap.onnx.graph.OnnxModel;

/** What tests of models that cannot be attacked share: a model to spoil, and its refusal. */
abstract class BadModels {
  private static final long[] ONE_ROW = {1, 2};

  final Engine engine = new OnnxRuntimeEngine(1);

  @TempDir Path folder;

  Path file(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  void assertNotDifferentiable(OnnxModel model, String... named) {
    assertRefused(() -> Differentiator.differentiate(model, engine), named);
  }

  /** Reads and differentiates a file that states its model in full. */
  void assertNotDifferentiable(ModelProto proto, String... named) throws IOException {
    Path file = file("bad.onnx", proto.toByteArray());
    assertRefused(
        () -> Differentiator.differentiate(ModelImport.read(file, engine), engine), named);
  }

  static ModelProto proto(OnnxModel model) {
    try {
      return ModelProto.parseFrom(model.toBytes());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static OnnxModel scaled() {
    TestGraph graph = new TestGraph(2);
    String weights = graph.floats(new float[] {3, 0, 0, 5}, 2, 2);
    return graph.model("scaled", graph.node("Gemm", List.of(X, weights)));
  }

  static OnnxModel withInput(OnnxModel model, OnnxModel.Value input) {
    return new OnnxModel(
        model.name(),
        model.opset(),
        List.of(input),
        model.outputs(),
        model.nodes(),
        model.initializers());
  }

  void assertScales(Path file) {
    try (Executable loaded = engine.load(OnnxModel.read(file))) {
      assertThat(loaded.run(new Tensor(new float[] {1, 1}, ONE_ROW)).get(0).values())
          .containsExactly(3, 5);
    }
  }
}
