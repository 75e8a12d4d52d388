package org.robustnessgap.deploy.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.deploy.CapturedOutput;
import org.robustnessgap.service.CommandLines;

class LimitOfImagesTest {
  private static final int VALUES = 3 * 4;

  @TempDir Path folder;
  @RegisterExtension final CapturedOutput output = new CapturedOutput();
  private String images = "";

  /** Noise, but in one of ten images the first pixel is white, else black. */
  @BeforeEach
  void write() throws Exception {
    byte[] pixels = new byte[2000 * VALUES];
    new Random(7).nextBytes(pixels);
    for (int i = 0; i < 2000; i++) {
      pixels[i * VALUES] = (byte) (i % 10 == 0 ? 255 : 0);
    }
    images = Files.write(folder.resolve("noise.u8"), pixels).toString();
  }

  @Test
  void theBestSetIsFoundAndTheSentenceClaimsNoMoreThanItProves() {
    assertThat(run("--risk", "0.05", "--norm", "linf", "--epsilon", "0.3,8/255")).isZero();

    assertThat(output.out())
        .contains("made of 1000 images, chosen by 500, measured on 500")
        .contains("whoever errs on the set \"half-space, value 0, high\" alone has no more")
        .contains("As far as these sets show, the data force at most")
        .contains("An estimate from above");
    List<String> rows =
        output.out().lines().filter(line -> line.contains("half-space, v")).toList();
    assertThat(rows.get(0)).startsWith("0.3 ");
    assertThat(rows.stream().filter(row -> row.startsWith("8/255 "))).isNotEmpty();
    // Nothing is between black and white: what is near is what is in it.
    String[] cells = rows.get(0).split(" {2,}");
    assertThat(cells[3]).isEqualTo(cells[2]);
    assertThat(cells[6]).isEqualTo(cells[4]);
  }

  @Test
  void theSeedDeterminesTheTable() {
    run("--risk", "0.05", "--epsilon", "0.5");
    String once = output.out();
    run("--risk", "0.05", "--epsilon", "0.5");
    assertThat(output.out()).isEqualTo(once + once);
  }

  @Test
  void numbersWithoutMeaningAreRefused() {
    assertThat(run("--risk", "0", "--epsilon", "0.1")).isEqualTo(2);
    assertThat(output.err()).contains("The risk 0.0 must lie strictly between 0 and 1");
    assertThat(run("--risk", "0.0001", "--epsilon", "0.1")).isEqualTo(2);
    assertThat(output.err()).contains("give at least 40000 images");
    assertThat(run("--risk", "0.1", "--epsilon", "8/255,near")).isEqualTo(2);
    assertThat(output.err()).contains("'near' is no distance");
    assertThat(run("--risk", "0.1", "--epsilon", "0.1", "--norm", "l1")).isEqualTo(2);
    assertThat(output.err()).contains("There is no norm 'l1'");
  }

  @Test
  void bytesWithoutASizeAreRefused() {
    assertThat(
            CommandLines.execute(
                new LimitCommand(), "--images", images, "--risk", "0.1", "--epsilon", "0.1"))
        .isEqualTo(2);
    assertThat(output.err()).contains("--image-size");
  }

  @Test
  void imagesNeedARiskAndExcludeNumbers() {
    assertThat(run("--epsilon", "0.1")).isEqualTo(2);
    assertThat(output.err()).contains("--images needs --risk");
    assertThat(
            run("--risk", "0.1", "--epsilon", "0.1", "--dimension", "100", "--equiprobable", "2"))
        .isEqualTo(2);
    assertThat(output.err()).contains("--dimension").contains("--images");
    assertThat(run("--risk", "0.1")).isEqualTo(2);
    assertThat(output.err()).contains("--epsilon");
  }

  private int run(String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("--images", images, "--image-size", "1x3x4", "--samples", "2000"));
    arguments.addAll(List.of(more));
    return CommandLines.execute(new LimitCommand(), arguments.toArray(String[]::new));
  }
}
