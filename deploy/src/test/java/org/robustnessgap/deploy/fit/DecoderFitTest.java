package org.robustnessgap.deploy.fit;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.deploy.CapturedOutput;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.onnx.ModelImport;
import org.robustnessgap.service.CommandLines;

/** {@code fit} without {@code --linear}. */
final class DecoderFitTest {
  /** The exit code: so few epochs leave a decoder that varies less than its images. */
  private static final int UNTRAINED = 3;

  private static final int COUNT = 300;
  private static final int SIZE = 12 * 12;

  @TempDir Path folder;
  @RegisterExtension final CapturedOutput output = new CapturedOutput();

  private Path images = Path.of("");

  @BeforeEach
  void writeImages() throws Exception {
    images = Files.write(folder.resolve("discs.u8"), discs(COUNT, 4));
  }

  /** A bright disc on a dark ground, of another place and size each. */
  private static byte[] discs(int count, long seed) {
    Random random = new Random(seed);
    byte[] pixels = new byte[count * SIZE];
    for (int n = 0; n < count; n++) {
      double x = 3 + 6 * random.nextDouble();
      double y = 3 + 6 * random.nextDouble();
      double radius = 1 + 2 * random.nextDouble();
      for (int k = 0; k < SIZE; k++) {
        double distance = Math.hypot(k % 12 - x, k / 12 - y);
        pixels[n * SIZE + k] = (byte) (distance < radius ? 230 : 20);
      }
    }
    return pixels;
  }

  private static int fit(Path from, Path out, String... further) {
    return sized("1x12x12", "4", from, out, further);
  }

  private static int sized(String size, String latent, Path from, Path out, String... further) {
    Stream<String> given =
        Stream.of(
            "--images",
            from.toString(),
            "--image-size",
            size,
            "--latent-dimension",
            latent,
            "--threads",
            "1",
            "--out",
            out.toString());
    Stream<String> flow =
        List.of(further).contains("--flow-epochs")
            ? Stream.empty()
            : Stream.of("--flow-epochs", "2");
    return CommandLines.execute(
        new FitCommand(),
        Stream.of(given, flow, Stream.of(further)).flatMap(part -> part).toArray(String[]::new));
  }

  @Test
  void writesADecoderItsEncoderItsLossesAndAPicture() throws Exception {
    Path out = folder.resolve("g.onnx");
    assertThat(fit(images, out, "--epochs", "3")).isEqualTo(UNTRAINED);

    assertThat(output.out())
        .contains("latent float [n, 4]", "images float [n, 1, 12, 12]", "g.encoder.onnx")
        .contains("Decoder of 270 images [1, 12, 12] of discs.u8, pixels in [0, 1]")
        .contains("spread", "to 30 held-out images", "of --linear", "assignment", "nearest image");
    assertThat(output.err())
        .contains("Epoch 3 of 3: loss", "100 %", "0 s left", "Epoch 2 of 2: loss");
    assertThat(Files.readAllLines(folder.resolve("g.flow.csv"))).hasSize(3);
    assertThat(Files.readAllLines(folder.resolve("g.csv")))
        .hasSize(4)
        .startsWith("epoch,loss,loss_held_out")
        .allMatch(line -> line.matches("epoch.*|\\d,-?[\\d.]+,-?[\\d.]+"));
    // Eight pairs of images of 48 pixels, in four rows: of 30.
    assertThat(ImageIO.read(folder.resolve("g.png").toFile()).getHeight()).isEqualTo(4 * 56 + 8);
    assertThat(folder.resolve("g.checkpoint")).doesNotExist();
    assertThat(card(out))
        .containsEntry("images_from", "discs.u8")
        .containsEntry("images", "270")
        .containsEntry("epochs", "3")
        .containsEntry("seed", "0")
        .containsEntry("pixels", "[0, 1]");
    assertThat(card(folder.resolve("g.encoder.onnx"))).isEqualTo(card(out));
    // The order of another process's maps would be another.
    ModelProto model = ModelProto.parseFrom(Files.readAllBytes(out));
    assertThat(model.getMetadataPropsList())
        .extracting(StringStringEntryProto::getKey)
        .endsWith("networks", "learning_rate", "seed", "images_from", "pixels");
    assertThat(model.getGraph().getInitializerList())
        .extracting(TensorProto::getName)
        .startsWith("decoder/weight_0", "decoder/bias_0", "decoder/weight_1", "decoder/bias_1");

    float[] latents = {0, 0, 0, 0, 9, -9, 9, -9};
    try (Engine engine = new OnnxRuntimeEngine(1);
        Executable decoder = engine.load(ModelImport.read(out, engine));
        Executable encoder =
            engine.load(ModelImport.read(folder.resolve("g.encoder.onnx"), engine))) {
      Tensor made = decoder.run(new Tensor(latents, new long[] {2, 4})).get(0);
      assertThat(made.shape()).containsExactly(2, 1, 12, 12);
      assertThat(encoder.run(made).get(0).shape()).containsExactly(2, 4);
    }
  }

  private static Map<String, String> card(Path file) throws Exception {
    return ModelProto.parseFrom(Files.readAllBytes(file)).getMetadataPropsList().stream()
        .collect(
            Collectors.toMap(StringStringEntryProto::getKey, StringStringEntryProto::getValue));
  }

  /** What stands in its way is found after the training, which is then not lost. */
  @Test
  void anInterruptedTrainingGoesOnToTheSameBytes() throws Exception {
    Path whole = Files.createDirectory(folder.resolve("whole")).resolve("g.onnx");
    Path parts = Files.createDirectory(folder.resolve("parts")).resolve("g.onnx");
    assertThat(fit(images, whole, "--epochs", "2")).isEqualTo(UNTRAINED);
    Path obstacle = Files.createDirectory(parts.resolveSibling("g.encoder.onnx"));
    assertThat(fit(images, parts, "--epochs", "2", "--resume")).isEqualTo(2);
    assertThat(parts.resolveSibling("g.checkpoint")).exists();
    assertThat(parts.resolveSibling("g.flow.checkpoint")).exists();

    assertThat(fit(images, parts, "--epochs", "2")).isEqualTo(2);
    assertThat(output.err()).contains("go on with --resume, or remove it");
    assertThat(fit(images, parts, "--epochs", "3", "--resume")).isEqualTo(2);
    assertThat(output.err()).contains("another --epochs (2, now 3)");
    Path others = Files.write(folder.resolve("others.u8"), discs(COUNT, 5));
    assertThat(fit(others, parts, "--epochs", "2", "--resume")).isEqualTo(2);
    assertThat(output.err()).contains("another set of images");

    Files.delete(obstacle);
    assertThat(fit(images, parts, "--epochs", "2", "--resume")).isEqualTo(UNTRAINED);
    assertThat(output.err()).contains("Going on after step 2 of 2");
    for (String file : new String[] {"g.onnx", "g.encoder.onnx", "g.csv", "g.flow.csv", "g.png"}) {
      assertThat(parts.resolveSibling(file)).hasSameBinaryContentAs(whole.resolveSibling(file));
    }
    assertThat(parts.resolveSibling("g.checkpoint")).doesNotExist();
    assertThat(parts.resolveSibling("g.flow.checkpoint")).doesNotExist();
  }

  /** What has ended is not begun anew where only the second training was interrupted. */
  @Test
  void aFlowOfOtherEpochsIsRefusedAndOneThatIsNotWantedLeftOut() throws Exception {
    Path out = folder.resolve("g.onnx");
    Path obstacle = Files.createDirectory(folder.resolve("g.encoder.onnx"));
    assertThat(fit(images, out, "--epochs", "1")).isEqualTo(2);
    assertThat(fit(images, out, "--epochs", "1", "--flow-epochs", "3", "--resume")).isEqualTo(2);
    assertThat(output.err()).contains("another --flow-epochs (2, now 3)");
    assertThat(fit(images, out, "--epochs", "1", "--flow-epochs", "-1")).isEqualTo(2);
    assertThat(output.err()).contains("--flow-epochs is -1");

    Files.delete(folder.resolve("g.flow.checkpoint"));
    Files.delete(obstacle);
    assertThat(fit(images, out, "--epochs", "1", "--flow-epochs", "0", "--resume"))
        .isEqualTo(UNTRAINED);
    assertThat(card(out)).containsEntry("kind", "decoder of a variational autoencoder");
  }

  @Test
  void nothingIsComparedWhereNothingIsHeldOut() {
    assertThat(fit(images, folder.resolve("g.onnx"), "--epochs", "1", "--hold-out", "0"))
        .isEqualTo(UNTRAINED);
    assertThat(output.out()).contains("300 images", "No image was held out");
  }

  @Test
  void refusesWhatCannotBeTrained() throws Exception {
    Path out = folder.resolve("g.onnx");
    assertThat(fit(images, out, "--epochs", "0")).isEqualTo(2);
    assertThat(fit(images, out, "--learning-rate", "-1")).isEqualTo(2);
    assertThat(sized("1x12x12", "145", images, out)).isEqualTo(2);
    assertThat(sized("3x96x96", "4", images, out)).isEqualTo(2);
    assertThat(sized("144", "4", images, out, "--grid", folder + "/a.png")).isEqualTo(2);
    assertThat(fit(images, out, "--grid", folder.toString())).isEqualTo(2);
    assertThat(output.err())
        .contains(
            "--epochs is 0",
            "--learning-rate is -1.0",
            "from 1 to 144",
            "scale them down to 12288 values",
            "leave --grid out",
            "(--grid) is a folder");
    Path few = Files.write(folder.resolve("few.u8"), discs(4, 1));
    assertThat(fit(few, out)).isEqualTo(2);
    assertThat(output.err()).contains("4 images say nothing of 4 directions");
    Path same = Files.write(folder.resolve("same.u8"), new byte[20 * SIZE]);
    assertThat(fit(same, out)).isEqualTo(2);
    assertThat(output.err()).contains("All images are the same");
    assertThat(out).doesNotExist();
  }

  @Test
  void aRateThatIsTooLargeIsSaid() {
    assertThat(fit(images, folder.resolve("g.onnx"), "--learning-rate", "1e30")).isEqualTo(2);
    assertThat(output.err()).contains("give a smaller learning rate");
  }
}
