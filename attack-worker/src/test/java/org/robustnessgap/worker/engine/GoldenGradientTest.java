package org.robustnessgap.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.robustnessgap.worker.Golden;
import org.robustnessgap.worker.onnx.Composition;
import org.robustnessgap.worker.onnx.Differentiator;
import org.robustnessgap.worker.onnx.OnnxModel;

/** Outputs and gradients of real models against an independent implementation in float64. */
class GoldenGradientTest {
  private static final double TOLERANCE = 1e-5;

  private final Engine engine = new OnnxRuntimeEngine(0);

  static List<String> classifiers() {
    return Golden.classifiers();
  }

  /**
   * All but mnist-lenet, which pools straight after a convolution: on the generator's flat
   * background its windows tie in float32, where float64 still sees differences near 1e-10, so
   * another element of the subdifferential comes out.
   */
  static List<String> classifiersWithoutTies() {
    return classifiers().stream().filter(name -> !name.equals("mnist-lenet")).toList();
  }

  @ParameterizedTest
  @MethodSource("classifiersWithoutTies")
  void imageGradient(String classifier) {
    OnnxModel model = OnnxModel.read(Golden.model(classifier));
    try (Executable gradient = engine.load(Differentiator.differentiate(model, engine))) {
      List<Tensor> outputs =
          gradient.run(
              Golden.array(Golden.generatorOf(classifier), "image"),
              Golden.array(classifier, "cotangent"));

      assertClose(outputs.get(0), Golden.array(classifier, "logits"));
      assertClose(outputs.get(1), Golden.array(classifier, "image_vjp"));
    }
  }

  @ParameterizedTest
  @MethodSource("classifiers")
  void latentGradient(String classifier) {
    String generator = Golden.generatorOf(classifier);
    OnnxModel composed =
        Composition.of(
            OnnxModel.read(Golden.model(generator)), OnnxModel.read(Golden.model(classifier)));
    try (Executable gradient = engine.load(Differentiator.differentiate(composed, engine))) {
      List<Tensor> outputs =
          gradient.run(Golden.array(generator, "z"), Golden.array(classifier, "cotangent"));

      assertClose(outputs.get(0), Golden.array(classifier, "logits"));
      assertClose(outputs.get(1), Golden.array(classifier, "latent_vjp"));
    }
  }

  private static void assertClose(Tensor actual, Tensor expected) {
    assertThat(actual.shape()).isEqualTo(expected.shape());
    assertThat(Golden.relativeError(actual.values(), expected.values())).isLessThan(TOLERANCE);
  }
}
