package org.robustnessgap.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.service.CommandLines;

final class ComposeCommandTest {
  private static final Path GENERATOR = Path.of("models", "mnist-dcgan.onnx");

  /** Of images [1, 28, 28]. */
  private static final Path CLASSIFIER = Path.of("models", "mnist-mlp.onnx");

  private static final float MEAN = 0.1307f;
  private static final float STD = 0.3081f;

  @TempDir Path folder;
  @RegisterExtension final CapturedOutput output = new CapturedOutput();
  private Path composed;

  @BeforeEach
  void place() {
    composed = folder.resolve("composed.onnx");
  }

  private int compose(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "compose", "--classifier", CLASSIFIER.toString(), "--out", composed.toString()));
    arguments.addAll(List.of(more));
    return CommandLines.execute(new RobustnessGapCommand(), arguments.toArray(String[]::new));
  }

  private String contract(String json) throws IOException {
    return Files.writeString(folder.resolve("contract.json"), json).toString();
  }

  private static float[] scores(OnnxModel model, float[] images, long... shape) {
    try (Engine engine = new OnnxRuntimeEngine(1);
        Executable loaded = engine.load(model)) {
      return loaded.run(new Tensor(images, shape)).get(0).values();
    }
  }

  private static float[] ramp(int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) i / size;
    }
    return values;
  }

  private void assertNormalises() {
    float[] pixels = ramp(28 * 28);
    float[] normalised = pixels.clone();
    for (int i = 0; i < normalised.length; i++) {
      normalised[i] = (pixels[i] - MEAN) / STD;
    }
    assertThat(scores(OnnxModel.read(composed), pixels, 1, 28, 28, 1))
        .containsExactly(
            scores(OnnxModel.read(CLASSIFIER), normalised, 1, 1, 28, 28), within(1e-3f));
  }

  @Test
  void optionsBecomePartOfTheFile() {
    assertThat(compose("--layout", "NHWC", "--mean", "0.1307", "--std", "0.3081")).isZero();

    assertNormalises();
    assertThat(output.out()).contains("pixels float [n, 28, 28, 1]", "logits float [n, 10]");
  }

  @Test
  void soDoesAContractInAFile() throws IOException {
    String json =
        """
        {"pixels": {"layout": "NHWC"}, "model": {"mean": [0.1307], "std": [0.3081]}}
        """;
    assertThat(compose("--contract", contract(json))).isZero();

    assertNormalises();
  }

  @Test
  void aGeneratorComesFirst() {
    assertThat(compose("--generator", GENERATOR.toString(), "--model-range", "0,255")).isZero();

    OnnxModel images = OnnxModel.read(GENERATOR);
    float[] latents = ramp(100);
    float[] pixels = scores(images, latents, 1, 100);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] *= 255;
    }
    assertThat(scores(OnnxModel.read(composed), latents, 1, 100))
        .containsExactly(scores(OnnxModel.read(CLASSIFIER), pixels, 1, 1, 28, 28), within(1e-2f));
  }

  private void assertRefused(String sentence) {
    assertThat(output.err()).contains(sentence).doesNotContain("\tat ");
    assertThat(composed).doesNotExist();
  }

  @Test
  void aSlipInTheContractIsNamed() throws IOException {
    String file = contract("{\"model\": {\"means\": [0.5]}}");

    assertThat(compose("--contract", file)).isEqualTo(2);
    assertRefused(file + ": There is no property 'means' here; known ones are colour, layout");
  }

  @Test
  void whatIsNoJsonIsRefused() throws IOException {
    assertThat(compose("--contract", contract("{\"model\": "))).isEqualTo(2);
    assertRefused("contract.json: This is no JSON");
  }

  @Test
  void aFileOfOptionsTakesNoFurtherOnes() throws IOException {
    assertThat(compose("--contract", contract("{}"), "--mean", "0.5")).isEqualTo(2);
    assertRefused("--contract says all that is done to images; leave out the other options");
  }

  @Test
  void imagesOfAnotherSizeAreNotResizedUnasked() {
    assertThat(compose("--image-size", "32x32", "--mean", "0.5")).isEqualTo(2);
    assertRefused(
        "By the input contract mnist-mlp gets images of shape [1, 32, 32], but its input is");
  }

  @Test
  void aSizeToResizeToIsOne() {
    assertThat(compose("--resize", "28by28")).isEqualTo(2);
    assertRefused("--resize '28by28' is no size; write HxW");
  }

  @Test
  void aResizedImageHasAKnownSize() {
    assertThat(compose("--resize", "28")).isEqualTo(2);
    assertRefused("give it with --image-size HxW");
    assertThat(compose("--resize", "28", "--image-size", "40x40")).isZero();
    assertThat(OnnxModel.read(composed).input().shape()).containsExactly(-1L, 1L, 40L, 40L);
  }

  @Test
  void coloursThatTheClassifierLacksContradictIt() {
    assertThat(compose("--model-colour", "BGR")).isEqualTo(2);
    assertRefused("state the colours (RGB, BGR or grey) of both");
  }

  @Test
  void aLayoutOfOtherAxesContradictsIt() {
    assertThat(compose("--model-layout", "NHW")).isEqualTo(2);
    assertRefused("of mnist-mlp cannot be NHW; state the right layout");
  }

  @Test
  void aMeanForEachOfThreeChannelsContradictsOne() {
    assertThat(compose("--mean", "0.485,0.456,0.406")).isEqualTo(2);
    assertRefused("The mean has 3 numbers, but mnist-mlp gets 1 channels");
  }
}
