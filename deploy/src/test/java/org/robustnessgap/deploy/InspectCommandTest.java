package org.robustnessgap.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.service.CommandLines;

/** What inspect proposes is what measure needs. */
final class InspectCommandTest {
  private static final String GENERATOR = Path.of("models", "mnist-dcgan.onnx").toString();
  private static final String CLASSIFIER = Path.of("models", "mnist-mlp.onnx").toString();

  @TempDir Path folder;
  @RegisterExtension final CapturedOutput output = new CapturedOutput();

  private int run(String... arguments) {
    return CommandLines.execute(new RobustnessGapCommand(), arguments);
  }

  /** The twin of a classifier that takes pixels in [0, 255]. */
  private String ofLevels() {
    String file = folder.resolve("levels.onnx").toString();
    assertThat(
            run(
                "compose",
                "--classifier",
                CLASSIFIER,
                "--range=0,255",
                "--model-range=0,1",
                "--out",
                file))
        .isZero();
    return file;
  }

  @Test
  void aGeneratorIsNotProposedAsClassifier() {
    assertThat(run("inspect", GENERATOR)).isZero();
    assertThat(output.out())
        .contains("its output is no row of scores", "--generator=" + GENERATOR)
        .doesNotContain("--classifier");
  }

  @Test
  void theProposedCommandMeasuresWhatWithoutItIsSuspicious() {
    String levels = ofLevels();
    assertThat(
            run(
                "measure",
                "--generator",
                GENERATOR,
                "--classifier",
                levels,
                "--samples",
                "4",
                "--spaces",
                "latent"))
        .isEqualTo(3);
    assertThat(output.err())
        .contains("Suspicious: levels: the images span [0, ", "--range=0,1 --model-range=0,255");

    assertThat(run("inspect", "--scores=logits", levels)).isZero();
    String command =
        output.out().lines().filter(line -> line.contains("./robustness-gap")).findFirst().get();
    assertThat(output.out()).contains("[0, 255] becomes [0, 1]");
    assertThat(command).endsWith("--classifier " + levels + " --scores=logits --model-range=0,255");

    List<String> proposed =
        new ArrayList<>(
            Arrays.asList(command.strip().replace("G.onnx", GENERATOR).split(" ")).subList(1, 8));
    proposed.addAll(List.of("--samples", "4", "--spaces", "latent"));
    assertThat(run(proposed.toArray(String[]::new))).isZero();
  }

  @Test
  void anImageSizeThatIsLeftOpenLeavesTheGradientUnknown() throws Exception {
    ModelProto.Builder model =
        ModelProto.parseFrom(Files.readAllBytes(Path.of(CLASSIFIER))).toBuilder();
    TensorShapeProto.Builder shape =
        model
            .getGraphBuilder()
            .getInputBuilder(0)
            .getTypeBuilder()
            .getTensorTypeBuilder()
            .getShapeBuilder();
    for (int axis = 1; axis < shape.getDimCount(); axis++) {
      shape.getDimBuilder(axis).clearDimValue().setDimParam("open" + axis);
    }
    String open = Files.write(folder.resolve("open.onnx"), model.build().toByteArray()).toString();

    assertThat(run("inspect", open)).isEqualTo(2);
    assertThat(output.out())
        .contains(
            "gradient    unknown while the image size is left open; a generator tells it, else"
                + " --image-size=HxW");

    assertThat(run("inspect", "--image-size=1x28x28", open)).isZero();
    assertThat(output.out()).contains("gradient    yes");
  }

  @Test
  void behindAContractItsPixelsAreStated() {
    assertThat(run("inspect", "--range=-1,1", "--model-range=0,255", ofLevels())).isZero();

    assertThat(output.out())
        .contains("contract    pixels are float in [-1, 1]")
        .doesNotContain("./robustness-gap measure");
  }

  @Test
  void aModelBehindAContractIsTimedToo() {
    assertThat(
            run(
                "benchmark",
                "--rows",
                "1",
                "--rounds",
                "1",
                "--resize",
                "28",
                "--image-size",
                "14x14",
                CLASSIFIER))
        .isZero();

    assertThat(output.out()).contains("mnist-mlp.onnx");
  }
}
