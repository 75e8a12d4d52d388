package org.robustnessgap.attack.plausibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.robustnessgap.onnx.TestGraph.X;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.robustnessgap.attack.AttackTarget;
import org.robustnessgap.attack.generator.GeneratorModel;
import org.robustnessgap.attack.generator.Latents;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Golden;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.messages.InputContract;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.messages.ModelInput;
import org.robustnessgap.messages.ModelOptions;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.messages.PixelSpace;
import org.robustnessgap.messages.Suspicion;
import org.robustnessgap.onnx.ClassifierModel;
import org.robustnessgap.onnx.TestGraph;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.input.ImpliedRange;

/** Images of another range than a classifier expects are called so; those of its range never. */
class PixelPlausibilityTest {
  private static final Engine ENGINE = new OnnxRuntimeEngine(0);
  private static final LatentBatch LATENTS = Latents.gaussian(5, 32, 100);

  @TempDir private Path folder;

  private static Rows images(String generator) {
    try (GeneratorModel g = GeneratorModel.open(OnnxModel.read(Golden.model(generator)), ENGINE)) {
      return g.map().apply(g.rows(LATENTS));
    }
  }

  private static Rows scaled(Rows images, double slope, double offset) {
    float[] values = images.values().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (slope * values[i] + offset);
    }
    return new Rows(values, images.width());
  }

  private static Optional<Suspicion> suspicion(Rows images, double lower, double upper) {
    ImpliedRange expected = new ImpliedRange(new PixelRange(lower, upper), "a test", "--its");
    return PixelPlausibility.of("f", images, List.of(expected));
  }

  /** The generators' own images, and the same in the other usual ranges. */
  @ParameterizedTest
  @CsvSource({
    "mnist-dcgan,   1,     0,     0,    1, '--range=0,1'",
    "mnist-dcgan,   2,    -1,    -1,    1, '--range=-1,1'",
    "mnist-dcgan, 255,     0,     0,  255, '--range=0,255'",
    "cifar10-dcgan, 0.5,   0.5,   0,    1, '--range=0,1'",
    "cifar10-dcgan, 1,     0,    -1,    1, '--range=-1,1'",
    "cifar10-dcgan, 127.5, 127.5, 0,  255, '--range=0,255'"
  })
  void onlyTheirOwnRangeFitsImages(
      String generator, double slope, double offset, double lower, double upper, String option) {
    Rows images = scaled(images(generator), slope, offset);

    for (PixelRange range :
        List.of(new PixelRange(0, 1), new PixelRange(-1, 1), new PixelRange(0, 255))) {
      Optional<Suspicion> found = suspicion(images, range.lower(), range.upper());
      if (range.equals(new PixelRange(lower, upper))) {
        assertThat(found).isEmpty();
      } else {
        assertThat(found.orElseThrow().kind()).isEqualTo(Suspicion.Kind.PIXEL_RANGE);
        assertThat(found.orElseThrow().sentence()).contains(option + " --its");
      }
    }
  }

  /** A generator without a last activation misses its range here and there. */
  @Test
  void strayPixelsAndLessContrastAreNoneOfOurBusiness() {
    SplittableRandom random = new SplittableRandom(7);
    float[] gaussian = new float[4000];
    float[] bright = new float[4000];
    for (int i = 0; i < gaussian.length; i++) {
      gaussian[i] = (float) (0.5 + 0.25 * random.nextGaussian());
      bright[i] = (float) random.nextDouble(0.6, 0.9);
    }

    assertThat(suspicion(new Rows(gaussian, 100), 0, 1)).isEmpty();
    assertThat(suspicion(new Rows(bright, 100), 0, 1)).isEmpty();
    assertThat(suspicion(new Rows(bright, 100), -1, 1)).isEmpty();
  }

  @Test
  void fewImagesSayNothing() {
    assertThat(suspicion(new Rows(new float[] {0, 1, 0.5f}, 1), 0, 255)).isEmpty();
  }

  /** Of images [1, 28, 28] in [0, 255]. */
  private Path classifierOfLevels() throws IOException {
    TestGraph graph = new TestGraph(1, 28, 28);
    String unit = graph.node("Div", List.of(X, graph.floats(new float[] {255})));
    String flat = graph.node("Flatten", List.of(unit));
    String weights = graph.gaussian(new SplittableRandom(3), 784, 10);
    OnnxModel model = graph.model("levels", graph.node("MatMul", List.of(flat, weights)));
    return Files.write(folder.resolve("levels.onnx"), model.toBytes());
  }

  private Optional<Suspicion> suspicion(InputContract contract) throws IOException {
    try (GeneratorModel generator =
        GeneratorModel.open(OnnxModel.read(Golden.model("mnist-dcgan")), ENGINE)) {
      ClassifierModel model =
          ClassifierModel.read(
              classifierOfLevels(), ModelOptions.NONE, contract, generator.image(), ENGINE);
      try (AttackTarget target = AttackTarget.open(generator, model, ENGINE)) {
        return target.unfitPixels(LATENTS);
      }
    }
  }

  private static InputContract contract(PixelRange pixels, PixelRange model) {
    return new InputContract(
        new PixelSpace(null, null, pixels, null),
        null,
        null,
        new ModelInput(null, null, model, null, null, null));
  }

  @Test
  void aClassifierThatDividesBy255SaysSoAndAContractMendsIt() throws IOException {
    PixelRange levels = new PixelRange(0, 255);

    assertThat(suspicion((InputContract) null).orElseThrow().sentence())
        .contains("levels: the images span [0, ", "[0, 255] becomes [0, 1]")
        .contains("--range=0,1 --model-range=0,255");
    assertThat(suspicion(contract(null, levels))).isEmpty();
  }

  @Test
  void aContractThatConvertsToTheWrongRangeOrDeclaresOneIsFound() throws IOException {
    PixelRange signed = new PixelRange(-1, 1);

    assertThat(suspicion(contract(null, signed)).orElseThrow().sentence())
        .contains("the input contract converts", "--model-range=0,255, without a mean");
    assertThat(suspicion(contract(new PixelRange(0, 255), null)).orElseThrow().sentence())
        .contains("the input contract says so", "--range=0,1 (in");
  }

  /** Six classifiers, each with the generator of its images, as the demonstration has them. */
  @ParameterizedTest
  @CsvSource({
    "cifar10-dcgan, cifar10-lenet",
    "cifar10-dcgan, cifar10-vgg",
    "cifar10-dcgan, cifar10-wrn-16-4",
    "cifar10-dcgan, cifar10-wrn-16-4-at",
    "mnist-dcgan, mnist-lenet",
    "mnist-dcgan, mnist-mlp"
  })
  void nothingIsWrongWithTheDemonstration(String generator, String classifier) {
    try (GeneratorModel g = GeneratorModel.open(OnnxModel.read(Golden.model(generator)), ENGINE)) {
      ClassifierModel model =
          ClassifierModel.read(
              Golden.model(classifier), ModelOptions.NONE, null, g.image(), ENGINE);
      try (AttackTarget target = AttackTarget.open(g, model, ENGINE)) {
        assertThat(target.unfitPixels(LATENTS)).isEmpty();
      }
    }
  }
}
