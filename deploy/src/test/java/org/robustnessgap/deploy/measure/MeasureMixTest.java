package org.robustnessgap.deploy.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.campaign.run.ModelCache;
import org.robustnessgap.campaign.sampling.LatentSampler;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.messages.ModelOptions;

final class MeasureMixTest extends MeasureScenario {
  private static final int SAMPLES = 16;
  private static final String[] ONE = {"--samples", "1", "--spaces", "latent", "--effort", "fast"};
  private static final String[] FEW = {
    "--samples", "" + SAMPLES, "--spaces", "latent", "--effort", "fast"
  };

  /** Images of the same latent vectors have the same mix, so nothing moves. */
  @Test
  void theGeneratorsOwnImagesMoveNothing() throws Exception {
    assertThat(measure(with(FEW, "--mix", images().toString()))).isZero();

    Matcher counts =
        Pattern.compile("mnist-mlp: --counts (\\S+) --mix (\\S+)").matcher(output.out());
    assertThat(counts.find()).isTrue();
    assertThat(counts.group(2)).isEqualTo(counts.group(1));
    assertThat(Arrays.stream(counts.group(1).split(",")).mapToInt(Integer::parseInt).sum())
        .isEqualTo(SAMPLES);
    assertThat(output.out())
        .contains("mnist-mlp, latent, quantile 0.25: the mix leaves the limit at ");
    assertThat(cell("measured, mix")).isEqualTo(cell("measured, generator"));
  }

  @Test
  void countedLabelsWeighTheSamples() {
    assertThat(measure(with(FEW, "--mix-counts", "0,1000,0,0,0,0,0,0,0,0"))).isZero();

    assertThat(output.out())
        .contains("The mix of classes of the labels counted, if within each class")
        .containsPattern("  1 +0\\.\\d+ \\(.*\\) +1\\.000 \\(0\\.99");
  }

  @Test
  void aClassThatIsNeverGeneratedIsNamed() {
    assertThat(measure(with(ONE, "--mix-counts", "1,1,1,1,1,1,1,1,1,1"))).isZero();

    assertThat(output.out())
        .contains("90.0 % of the mix; they count as farther than every distance")
        .containsPattern("limit, mix +∞ exact");
  }

  @Test
  void whatIsNoMixIsRefused() throws Exception {
    refused("say the same in two ways", "--mix", "x", "--mix-counts", "1,2");
    refused("has 2 numbers, but mnist-mlp has 10 classes", "--mix-counts", "1,2");
    refused("none below 0 and not all 0", "--mix-counts", "0,0");
    refused("There is no file or folder", "--mix", folder.resolve("none").toString());
    refused(
        "say with --range what black and white are",
        "--mix",
        Files.write(folder.resolve("white.u8"), white()).toString());
  }

  private static byte[] white() {
    byte[] white = new byte[4 * 784];
    Arrays.fill(white, (byte) 255);
    return white;
  }

  private void refused(String sentence, String... arguments) {
    assertThat(measure(with(ONE, arguments))).isEqualTo(2);
    assertThat(output.err()).contains(sentence);
  }

  private String cell(String row) {
    Matcher cell = Pattern.compile("  " + row + " +(\\S+)").matcher(output.out());
    assertThat(cell.find()).isTrue();
    return cell.group(1);
  }

  /** The images of the first latent vectors of seed 0, as bytes. */
  private Path images() throws IOException {
    Rows images;
    try (OnnxRuntimeEngine engine = new OnnxRuntimeEngine(1);
        ModelCache models = new ModelCache(Path.of(""), engine)) {
      images =
          models
              .generator(GENERATOR, ModelOptions.NONE)
              .map()
              .apply(
                  new Rows(new LatentSampler(0, DIMENSION).draw(0, SAMPLES).values(), DIMENSION));
    }
    byte[] levels = new byte[images.values().length];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (byte) Math.round(255 * images.values()[i]);
    }
    return Files.write(folder.resolve("digits.u8"), levels);
  }
}
