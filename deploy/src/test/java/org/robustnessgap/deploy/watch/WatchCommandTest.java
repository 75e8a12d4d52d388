package org.robustnessgap.deploy.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.data.ImageForm;
import org.robustnessgap.deploy.CapturedOutput;
import org.robustnessgap.deploy.json.JsonFile;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.InputContract;
import org.robustnessgap.service.CommandLines;

final class WatchCommandTest {
  private static final String CLASSIFIER = Path.of("models", "mnist-mlp.onnx").toString();
  private static final int COUNT = 60;
  private static final int SIZE = 784;

  @TempDir Path folder;
  @RegisterExtension final CapturedOutput output = new CapturedOutput();

  /** Bars of random place and brightness on noise. */
  private Path images() throws Exception {
    byte[] pixels = new byte[COUNT * SIZE];
    Random random = new Random(12);
    for (int n = 0; n < COUNT; n++) {
      int column = 6 + random.nextInt(16);
      for (int k = 0; k < SIZE; k++) {
        int level = Math.abs(k % 28 - column) < 2 ? 150 + random.nextInt(100) : random.nextInt(20);
        pixels[n * SIZE + k] = (byte) level;
      }
    }
    return Files.write(folder.resolve("bars.u8"), pixels);
  }

  @Test
  void measuresWithNothingButImages() throws Exception {
    Path out = folder.resolve("out");

    assertThat(watch("--images", images().toString(), "--linear", "--out", out.toString()))
        .as(output.err())
        .isIn(0, 3);

    assertThat(output.err())
        .contains("robustness-gap fit --linear", "robustness-gap measure --generator")
        .contains("robustness-gap apply " + out.resolve("campaign.json"));
    assertThat(output.out()).contains("images of bars", "images of linear", "gap ratio");
    assertThat(Files.readAllLines(out.resolve("images.jsonl"))).hasSize(2);
    assertThat(Files.readAllLines(out.resolve("generated.jsonl"))).hasSize(2);
    Campaign campaign = JsonFile.read(out.resolve("campaign.json"), Campaign.class, "campaign");
    assertThat(campaign.sampling().samples()).isNull();
    // Six of sixty are held out, and 53 components are all that 54 images have.
    assertThat(campaign.source().latentDimension()).isEqualTo(53);
    assertThat(Path.of(campaign.source().location())).exists();
  }

  @Test
  void aGeneratorThatLooksWrongIsNotMeasuredWith() {
    WatchPlan plan =
        new WatchPlan(
            List.of(Path.of(CLASSIFIER)),
            Path.of("images"),
            null,
            ImageForm.of(List.of(1L, 28L, 28L), null),
            5,
            2,
            0,
            false,
            folder,
            List.of());
    assertThat(plan.generator()).isEqualTo(folder.resolve("generator.onnx"));
    assertThat(plan.fitting()).hasSize(4);

    WatchPlan linear = plan.asLinear();

    assertThat(linear.measuring().get(1).arguments())
        .contains(folder.resolve("linear.onnx").toString());
    assertThat(linear.campaign().source().location()).endsWith("linear.onnx");
  }

  /** Every step of other pixels says so; what they are, the campaign says too. */
  @Test
  void allStepsMeanTheSamePixels() throws Exception {
    Path out = folder.resolve("out");

    assertThat(
            watch(
                "--images",
                images().toString(),
                "--linear",
                "--latent-dimension",
                "5",
                "--range=-1,1",
                "--out",
                out.toString()))
        .as(output.err())
        .isIn(0, 3);

    assertThat(output.err())
        .contains("--subtract=127.5 --divide=127.5")
        .contains("--contract " + out.resolve("contract.json"));
    assertThat(output.out()).contains("pixels in [-1, 1]");
    InputContract contract =
        JsonFile.read(out.resolve("contract.json"), InputContract.class, "contract");
    Campaign campaign = JsonFile.read(out.resolve("campaign.json"), Campaign.class, "campaign");
    assertThat(campaign.classifiers().get(0).input()).isEqualTo(contract);
  }

  @Test
  void aStepThatFailsIsTheLast() throws Exception {
    Path one = Files.write(folder.resolve("one.u8"), new byte[SIZE]);

    assertThat(watch("--images", one.toString(), "--out", folder.resolve("out").toString()))
        .isEqualTo(2);

    assertThat(output.err()).contains("robustness-gap fit").doesNotContain("apply");
  }

  @Test
  void refusesNoSamplesAndAFileForAFolder() throws Exception {
    String images = images().toString();
    assertThat(watch("--images", images, "--samples", "0")).isEqualTo(2);
    assertThat(watch("--images", images, "--latent-dimension", "0")).isEqualTo(2);
    assertThat(watch("--images", images, "--out", images)).isEqualTo(2);
    assertThat(output.err())
        .contains("--samples is 0 but must be at least 1.")
        .contains("--latent-dimension is 0 but must be at least 1.")
        .contains("Cannot make the folder");
  }

  @Test
  void aTakenPortIsSaidBeforeAnythingIsMeasured() throws Exception {
    try (ServerSocket taken = new ServerSocket(0)) {
      String[] arguments = {
        "--classifier",
        CLASSIFIER,
        "--images",
        images().toString(),
        "--port",
        "" + taken.getLocalPort(),
        "--out",
        folder.resolve("out").toString()
      };
      assertThat(CommandLines.execute(new WatchCommand(), arguments)).isEqualTo(2);
    }
    assertThat(output.err()).contains("pass --port with a free one").doesNotContain("measure");
  }

  private static int watch(String... arguments) {
    List<String> all =
        new ArrayList<>(List.of("--classifier", CLASSIFIER, "--once", "--threads", "1"));
    if (!List.of(arguments).contains("--samples")) {
      all.addAll(List.of("--samples", "2"));
    }
    all.addAll(List.of(arguments));
    return CommandLines.execute(new WatchCommand(), all.toArray(String[]::new));
  }
}
