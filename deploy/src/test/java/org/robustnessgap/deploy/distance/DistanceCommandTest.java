package org.robustnessgap.deploy.distance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.deploy.CapturedOutput;
import org.robustnessgap.service.CommandLines;

final class DistanceCommandTest {
  private static final String GENERATOR = Path.of("models", "mnist-dcgan.onnx").toString();

  @TempDir Path folder;
  @RegisterExtension final CapturedOutput output = new CapturedOutput();

  @Test
  void estimatesAreOrderedAndTheLimitsAddThem() throws Exception {
    byte[] pixels = new byte[20 * 784];
    new Random(82).nextBytes(pixels);
    String file = Files.write(folder.resolve("noise.u8"), pixels).toString();

    assertThat(run("--generator", GENERATOR, "--images", file, "--lipschitz", "2")).isZero();

    double[] assignment = row("assignment");
    double[] upper = row("95 % upper limit");
    double[] between = row("slice between the means");
    double[] mean = row("mean slice");
    assertThat(mean[0]).isPositive().isLessThan(between[0]);
    assertThat(between[0]).isLessThan(assignment[0]);
    assertThat(assignment[0]).isLessThan(upper[0]);
    // √784 √(ln 20 / 20).
    assertThat(upper[0] - assignment[0]).isCloseTo(10.837, within(2e-2));
    // E r_Z of ten equal classes: docs/explanation/theory.md.
    for (double[] row : new double[][] {assignment, upper, between, mean}) {
      assertThat(row[2]).isCloseTo(2 * 0.4734317538 + row[0], within(2e-2));
    }
    assertThat(output.out()).contains("mnist-dcgan", "noise.u8", "20 of each", "[0.0, 1.0]");
  }

  @Test
  void moreImagesThanCanBeComparedAreRefused() throws Exception {
    byte[] pixels = new byte[2001 * 784];
    String file = Files.write(folder.resolve("many.u8"), pixels).toString();

    assertThat(run("--generator", GENERATOR, "--images", file, "--samples", "3000")).isEqualTo(2);

    assertThat(output.err()).contains("--samples may be 2000 at most");
  }

  @Test
  void oneClassIsRefused() throws Exception {
    String file = Files.write(folder.resolve("one.u8"), new byte[784]).toString();

    assertThat(run("--generator", GENERATOR, "--images", file, "--equiprobable", "1")).isEqualTo(2);

    assertThat(output.err()).contains("--equiprobable is 1 but must be at least 2");
  }

  @Test
  void imagesOfAnotherSizeAreRefused() throws Exception {
    String file = Files.write(folder.resolve("odd.u8"), new byte[785]).toString();

    assertThat(run("--generator", GENERATOR, "--images", file)).isEqualTo(2);

    assertThat(output.err()).contains("785 bytes, no whole number of images of 784 values");
  }

  /** The upper limit is of values in the range, and so is the norm that it is divided by. */
  @Test
  void realNumbersOutsideTheRangeOfPixelsAreRefused() throws Exception {
    String shape = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1, 28, 28), }";
    ByteBuffer npy = ByteBuffer.allocate(128 + 2 * 784 * 4).order(ByteOrder.LITTLE_ENDIAN);
    npy.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) 118);
    npy.put(String.format("%-117s%n", shape).getBytes(StandardCharsets.US_ASCII));
    npy.putFloat(npy.capacity() - 4, 255);
    String file = Files.write(folder.resolve("levels.npy"), npy.array()).toString();

    assertThat(run("--generator", GENERATOR, "--images", file)).isEqualTo(2);

    assertThat(output.err())
        .contains("levels.npy[1] holds 255.0, but pixels are in [0, 1]", "--divide");
  }

  /** The numbers of a row: δ, divided, the mean limit, divided. */
  private double[] row(String name) {
    Matcher matcher =
        Pattern.compile("(?m)^" + name + " +(\\S+) +(\\S+) +(\\S+) +(\\S+)").matcher(output.out());
    assertThat(matcher.find()).isTrue();
    double[] numbers = new double[4];
    for (int i = 0; i < 4; i++) {
      numbers[i] = Double.parseDouble(matcher.group(i + 1));
    }
    return numbers;
  }

  private static int run(String... arguments) {
    return CommandLines.execute(new DistanceCommand(), arguments);
  }
}
