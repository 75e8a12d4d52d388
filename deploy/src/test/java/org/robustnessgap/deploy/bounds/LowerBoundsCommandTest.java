package org.robustnessgap.deploy.bounds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.deploy.CapturedOutput;
import org.robustnessgap.service.CommandLines;

class LowerBoundsCommandTest {
  private static final String CLASSIFIER = Path.of("models", "mnist-mlp.onnx").toString();

  @TempDir Path folder;
  @RegisterExtension final CapturedOutput output = new CapturedOutput();

  @Test
  void printsAndDrawsTheExperiment() throws Exception {
    byte[] pixels = new byte[5 * 784];
    new Random(81).nextBytes(pixels);
    String file = Files.write(folder.resolve("images.u8"), pixels).toString();
    Path picture = folder.resolve("bounds.svg");

    assertThat(run("--classifier", CLASSIFIER, "--images", file, "--plot", picture.toString()))
        .isZero();

    assertThat(output.out())
        .contains("of 5 images changed", "divided by 784")
        .containsPattern("log10 found/certified +[0-9]");
    assertThat(Files.readString(picture)).contains("as printed", "found/certified");
  }

  @Test
  void refusesAFileThatHoldsNoWholeImage() throws Exception {
    String file = Files.write(folder.resolve("images.u8"), new byte[785]).toString();

    assertThat(run("--classifier", CLASSIFIER, "--images", file)).isEqualTo(2);

    assertThat(output.err()).contains("785 bytes, no whole number of images of 784 values");
  }

  @Test
  void picturesGiveWhatTheirBytesGive() throws Exception {
    byte[] pixels = new byte[3 * 784];
    new Random(82).nextBytes(pixels);
    Path raw = Files.write(folder.resolve("images.u8"), pixels);
    Path pictures = Files.createDirectory(folder.resolve("pictures"));
    for (int i = 0; i < 3; i++) {
      BufferedImage picture = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
      picture
          .getRaster()
          .setDataElements(0, 0, 28, 28, Arrays.copyOfRange(pixels, i * 784, (i + 1) * 784));
      ImageIO.write(picture, "png", pictures.resolve(i + ".png").toFile());
    }

    assertThat(run("--classifier", CLASSIFIER, "--images", raw.toString())).isZero();
    String ofBytes = output.out();
    assertThat(run("--classifier", CLASSIFIER, "--images", pictures.toString())).isZero();

    assertThat(output.out()).isEqualTo(ofBytes + ofBytes);
  }

  @Test
  void refusesTwoRanges() throws Exception {
    String file = Files.write(folder.resolve("images.u8"), new byte[784]).toString();

    assertThat(
            run(
                "--classifier",
                CLASSIFIER,
                "--images",
                file,
                "--divide",
                "127.5",
                "--subtract",
                "127.5",
                "--range",
                "0,255"))
        .isEqualTo(2);

    assertThat(output.err()).contains("pixels are in [-1, 1], by the input contract in [0, 255]");
  }

  @Test
  void statisticsOfFourNumbers() {
    Summary summary = Summary.of(new double[] {4, 1, 3, 2});
    assertThat(summary.mean()).isEqualTo(2.5);
    assertThat(summary.median()).isEqualTo(2.5);
    assertThat(summary.deviation()).isCloseTo(Math.sqrt(1.25), within(1e-15));
    assertThat(summary.min()).isEqualTo(1);
    assertThat(summary.max()).isEqualTo(4);
  }

  private static int run(String... arguments) {
    return CommandLines.execute(new LowerBoundsCommand(), arguments);
  }
}
