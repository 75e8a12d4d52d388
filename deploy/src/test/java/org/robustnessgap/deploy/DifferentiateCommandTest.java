package org.robustnessgap.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.onnx.adjoint.Differentiator;
import org.robustnessgap.onnx.graph.Composition;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.service.CommandLines;

final class DifferentiateCommandTest {
  private static final Path GENERATOR = Path.of("models", "mnist-dcgan.onnx");
  private static final Path CLASSIFIER = Path.of("models", "mnist-mlp.onnx");

  @TempDir Path folder;
  @RegisterExtension final CapturedOutput output = new CapturedOutput();

  /** Any runtime reads the file; ours stands for it. */
  @Test
  void theFileComputesOutputAndGradientFromInputAndCotangent() {
    assertThat(differentiate(CLASSIFIER, folder.resolve("vjp.onnx"))).isZero();

    assertComputesTheSame(
        folder.resolve("vjp.onnx"), OnnxModel.read(CLASSIFIER), new long[] {2, 1, 28, 28});
    assertThat(output.out())
        .contains("input   image float [n, 1, 28, 28]", "output  logits float [n, 10]");
  }

  @Test
  void aGeneratorIsComposedFirst() {
    assertThat(
            differentiate(
                CLASSIFIER, folder.resolve("vjp.onnx"), "--generator", GENERATOR.toString()))
        .isZero();

    assertComputesTheSame(
        folder.resolve("vjp.onnx"),
        Composition.of(OnnxModel.read(GENERATOR), OnnxModel.read(CLASSIFIER)),
        new long[] {2, 100});
  }

  @Test
  void aFolderThatDoesNotExistIsNamed() {
    Path nowhere = folder.resolve("nowhere").resolve("vjp.onnx");

    assertThat(differentiate(CLASSIFIER, nowhere)).isEqualTo(2);

    assertThat(output.err())
        .contains("Cannot write " + nowhere + " (--out); does its folder exist")
        .doesNotContain("\tat ");
  }

  private static int differentiate(Path model, Path vjp, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("differentiate", model.toString(), "--out", vjp.toString()));
    arguments.addAll(List.of(more));
    return CommandLines.execute(new RobustnessGapCommand(), arguments.toArray(String[]::new));
  }

  private static void assertComputesTheSame(Path file, OnnxModel model, long[] shape) {
    Tensor x = ramp(shape);
    Tensor cotangent = ramp(2, 10);
    try (Engine engine = new OnnxRuntimeEngine(1);
        Executable written = engine.load(OnnxModel.read(file));
        Executable expected = engine.load(Differentiator.differentiate(model, engine))) {
      List<Tensor> outputs = written.run(x, cotangent);
      List<Tensor> references = expected.run(x, cotangent);

      assertThat(outputs).hasSameSizeAs(references);
      assertThat(outputs.get(0).values()).containsExactly(references.get(0).values());
      assertThat(outputs.get(1).shape()).isEqualTo(shape);
      assertThat(outputs.get(1).values()).containsExactly(references.get(1).values());
    }
  }

  private static Tensor ramp(long... shape) {
    int size = 1;
    for (long dimension : shape) {
      size *= (int) dimension;
    }
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) i / size - 0.5f;
    }
    return new Tensor(values, shape);
  }
}
