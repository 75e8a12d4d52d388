package org.robustnessgap.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.robustnessgap.onnx.adjoint.Differentiator;
import org.robustnessgap.onnx.graph.Composition;
import org.robustnessgap.onnx.graph.OnnxModel;

/** Outputs and gradients of real models against an independent implementation in float64. */
class GoldenGradientTest {
  private static final double TOLERANCE = 1e-5;
  private static final double ACROSS_A_KINK = 1e-2;

  static Stream<Arguments> classifiers() {
    return EngineSettings.engines().stream()
        .flatMap(kind -> Golden.classifiers().stream().map(name -> Arguments.of(kind, name)));
  }

  /**
   * All but mnist-lenet, which pools straight after a convolution: on the generator's flat
   * background its windows tie in float32, where float64 still sees differences near 1e-10, so
   * another element of the subdifferential comes out.
   */
  static Stream<Arguments> classifiersWithoutTies() {
    return classifiers().filter(test -> !test.get()[1].equals("mnist-lenet"));
  }

  @ParameterizedTest
  @MethodSource("classifiersWithoutTies")
  void imageGradient(String kind, String classifier) {
    List<Tensor> outputs =
        outputs(
            kind,
            OnnxModel.read(Golden.model(classifier)),
            Golden.array(Golden.generatorOf(classifier), "image"),
            Golden.array(classifier, "cotangent"));

    assertClose(outputs.get(0), Golden.array(classifier, "logits"));
    assertRowsClose(outputs.get(1), Golden.array(classifier, "image_vjp"));
  }

  @ParameterizedTest
  @MethodSource("classifiers")
  void latentGradient(String kind, String classifier) {
    String generator = Golden.generatorOf(classifier);
    List<Tensor> outputs =
        outputs(
            kind,
            Composition.of(
                OnnxModel.read(Golden.model(generator)), OnnxModel.read(Golden.model(classifier))),
            Golden.array(generator, "z"),
            Golden.array(classifier, "cotangent"));

    assertClose(outputs.get(0), Golden.array(classifier, "logits"));
    assertRowsClose(outputs.get(1), Golden.array(classifier, "latent_vjp"));
  }

  /** Value and gradient; shapes too are learned from the engine. */
  private static List<Tensor> outputs(String kind, OnnxModel model, Tensor x, Tensor cotangent) {
    EngineSettings settings = new EngineSettings(kind, Device.CPU, 0, EngineSettings.ALL_MEMORY);
    try (Engine engine = settings.open();
        Executable gradient = engine.load(Differentiator.differentiate(model, engine))) {
      return gradient.run(x, cotangent);
    }
  }

  private static void assertClose(Tensor actual, Tensor expected) {
    assertThat(actual.shape()).isEqualTo(expected.shape());
    assertThat(Golden.relativeError(actual.values(), expected.values())).isLessThan(TOLERANCE);
  }

  /**
   * Three of four rows: a ReLU whose input is 0 but for rounding may have the derivative of its
   * other side, which moves the gradient of its row by a hundredth at most. Rounding, and so how
   * many rows have such a ReLU, is the processor's; a wrong rule moves all rows.
   */
  private static void assertRowsClose(Tensor actual, Tensor expected) {
    assertThat(actual.shape()).isEqualTo(expected.shape());
    int rows = (int) expected.shape()[0];
    double[] errors =
        IntStream.range(0, rows)
            .mapToDouble(row -> Golden.relativeError(row(actual, row), row(expected, row)))
            .sorted()
            .toArray();
    assertThat(errors[rows - 1 - rows / 4]).isLessThan(TOLERANCE);
    assertThat(errors[rows - 1]).isLessThan(ACROSS_A_KINK);
  }

  private static float[] row(Tensor tensor, int row) {
    int width = tensor.values().length / (int) tensor.shape()[0];
    return Arrays.copyOfRange(tensor.values(), row * width, (row + 1) * width);
  }
}
