package org.robustnessgap.deploy.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.certificate.LipschitzGraph;
import org.robustnessgap.deploy.CapturedOutput;
import org.robustnessgap.deploy.limit.SmoothnessCommand;
import org.robustnessgap.deploy.measure.MeasureCommand;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.onnx.ModelImport;
import org.robustnessgap.service.CommandLines;

final class FitCommandTest {
  private static final int COUNT = 400;
  private static final int SIZE = 784;

  @TempDir Path folder;
  @RegisterExtension final CapturedOutput output = new CapturedOutput();

  /** Noise, and a ramp of which each image has another multiple: one direction stands out. */
  private Path images() throws Exception {
    byte[] pixels = new byte[COUNT * SIZE];
    Random random = new Random(12);
    for (int n = 0; n < COUNT; n++) {
      double slope = 30 * random.nextGaussian();
      for (int k = 0; k < SIZE; k++) {
        double level = 128 + slope * (k - SIZE / 2) / SIZE + 10 * random.nextGaussian();
        pixels[n * SIZE + k] = (byte) Math.round(Math.max(0, Math.min(255, level)));
      }
    }
    return Files.write(folder.resolve("ramps.u8"), pixels);
  }

  @Test
  void writesAGeneratorWhoseLipschitzConstantIsThatPrinted() throws Exception {
    Path out = folder.resolve("g.onnx");
    assertThat(fit(images(), out, "--latent-dimension", "5")).isZero();

    assertThat(output.out())
        .contains("latent float [n, 5]", "images float [n, 1, 28, 28]")
        .contains("360 images", "ramps.u8", "pixels in [0, 1]", "to 40 held-out images");
    double printed = figure("σ₁");
    // The ramp's own norm is √(784/12), noise adds a little.
    assertThat(printed).isCloseTo(30 / 255.0 * Math.sqrt(784 / 12.0), within(0.1));
    try (Engine engine = new OnnxRuntimeEngine(1)) {
      assertThat(LipschitzGraph.of(ModelImport.read(out, engine), engine).constant())
          .isCloseTo(printed, within(2e-3 * printed));
    }
    ModelProto file = ModelProto.parseFrom(Files.readAllBytes(out));
    assertThat(file.getMetadataPropsList())
        .contains(
            StringStringEntryProto.newBuilder().setKey("images_from").setValue("ramps.u8").build());
  }

  @Test
  void aFileThatIsNoModelIsNotReplaced() throws Exception {
    Path images = images();
    byte[] before = Files.readAllBytes(images);

    assertThat(fit(images, images, "--latent-dimension", "5")).isEqualTo(2);

    assertThat(output.err()).contains("exists and is no .onnx file");
    assertThat(images).hasBinaryContent(before);
  }

  @Test
  void nothingIsComparedWhereNothingIsHeldOut() throws Exception {
    assertThat(
            fit(images(), folder.resolve("g.onnx"), "--latent-dimension", "5", "--hold-out", "0"))
        .isZero();
    assertThat(output.out()).contains("400 images", "No image was held out");
  }

  /** measure knows nothing of how the generator was made, and finds that it is affine, and σ₁. */
  @Test
  void measureFindsTheSameConstantAndExactLimits() throws Exception {
    Path out = folder.resolve("ramps.onnx");
    assertThat(fit(images(), out, "--latent-dimension", "3")).isZero();
    double printed = figure("σ₁");
    String classifier = Path.of("models", "mnist-mlp.onnx").toString();
    int code =
        CommandLines.execute(
            new MeasureCommand(),
            "--generator",
            out.toString(),
            "--classifier",
            classifier,
            "--samples",
            "8",
            "--lower-bounds");
    assertThat(code).isIn(0, 3);
    Matcher constant = Pattern.compile("ramps: Lipschitz constant (\\S+)").matcher(output.out());
    assertThat(constant.find()).as(output.out()).isTrue();
    assertThat(Double.parseDouble(constant.group(1))).isCloseTo(printed, within(1e-3 * printed));
    assertThat(output.out()).containsPattern("in-distribution\\R *limit +\\S+ exact");
    assertThat(output.out()).doesNotContain("estimated");

    assertThat(
            CommandLines.execute(
                new SmoothnessCommand(),
                "--generator",
                out.toString(),
                "--equiprobable",
                "2",
                "--quantile",
                "0.25"))
        .isZero();
    Matcher limit = Pattern.compile("(?m)^0.25 +(\\S+)").matcher(output.out());
    assertThat(limit.find()).as(output.out()).isTrue();
    // Φ⁻¹(0.625) of a latent vector on either side of the middle.
    assertThat(Double.parseDouble(limit.group(1)))
        .isCloseTo(0.3186394 * printed, within(1e-3 * printed));
  }

  @Test
  void refusesWhatCannotBeFitted() throws Exception {
    Path out = folder.resolve("g.onnx");
    String images = images().toString();
    assertThat(fit(Path.of(images), out, "--resume")).isEqualTo(2);
    assertThat(output.err()).contains("leave them out with --linear");

    assertThat(fit(Path.of(images), out, "--latent-dimension", "360")).isEqualTo(2);
    assertThat(output.err()).contains("360 images say nothing of 360 directions");
    assertThat(fit(Path.of(images), out, "--latent-dimension", "785")).isEqualTo(2);
    assertThat(output.err()).contains("latent dimension of 784 at most");
    assertThat(fit(Path.of(images), out, "--latent-dimension", "0")).isEqualTo(2);
    assertThat(fit(Path.of(images), out, "--hold-out", "1")).isEqualTo(2);
    assertThat(output.err()).contains("--latent-dimension is 0", "--hold-out is 1");
    Path same = Files.write(folder.resolve("same.u8"), new byte[20 * SIZE]);
    assertThat(fit(same, out, "--latent-dimension", "2")).isEqualTo(2);
    assertThat(output.err()).contains("All images are the same");
    assertThat(out).doesNotExist();
  }

  @Test
  void refusesPlacesBeforeAnyWork() throws Exception {
    Path images = images();
    assertThat(fit(images, folder)).isEqualTo(2);
    assertThat(output.err()).contains("is a folder; name a file in it");
    assertThat(fit(images, folder.resolve("none").resolve("g.onnx"))).isEqualTo(2);
    assertThat(output.err()).contains("g.onnx (--out); does its folder exist");
    Path out = folder.resolve("g.onnx");
    Path empty = Files.createDirectory(folder.resolve("empty"));
    for (String[] sized : new String[][] {{}, {"--image-size", "1x8x8"}}) {
      assertThat(run(empty, out, sized)).isEqualTo(2);
      assertThat(output.err()).contains("empty holds no images; put some there");
    }
    assertThat(run(images, out, "--linear", "--image-size", "0x0x0")).isEqualTo(2);
    assertThat(output.err()).contains("'0x0x0' have no pixels");
  }

  @Test
  void whatIsSkippedIsNamedOnce() throws Exception {
    Path pictures = Files.createDirectory(folder.resolve("pictures"));
    Random random = new Random(3);
    for (int n = 0; n < 120; n++) {
      BufferedImage picture = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
      for (int k = 0; k < 64; k++) {
        picture.getRaster().setSample(k % 8, k / 8, 0, random.nextInt(256));
      }
      ImageIO.write(picture, "png", pictures.resolve(n + ".png").toFile());
    }
    Files.writeString(pictures.resolve("broken.png"), "no picture");
    Path out = folder.resolve("g.onnx");
    assertThat(run(pictures, out, "--linear", "--latent-dimension", "3")).isZero();
    assertThat(output.err()).containsOnlyOnce("Skipped broken.png");
  }

  private static int run(Path images, Path out, String... further) {
    String[] given = {"--images", images.toString(), "--out", out.toString()};
    String[] all = Arrays.copyOf(given, given.length + further.length);
    System.arraycopy(further, 0, all, given.length, further.length);
    return CommandLines.execute(new FitCommand(), all);
  }

  private double figure(String name) {
    Matcher matcher = Pattern.compile("(?m)^" + name + " +(\\S+)").matcher(output.out());
    assertThat(matcher.find()).as(output.out()).isTrue();
    return Double.parseDouble(matcher.group(1));
  }

  private static int fit(Path images, Path out, String... further) {
    String[] given = {"--linear", "--image-size", "1x28x28"};
    String[] all = Arrays.copyOf(given, given.length + further.length);
    System.arraycopy(further, 0, all, given.length, further.length);
    return run(images, out, all);
  }
}
