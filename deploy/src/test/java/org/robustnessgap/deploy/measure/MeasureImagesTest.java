package org.robustnessgap.deploy.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.campaign.run.ModelCache;
import org.robustnessgap.campaign.sampling.LatentSampler;
import org.robustnessgap.deploy.CapturedOutput;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.messages.Json;
import org.robustnessgap.messages.ModelOptions;
import org.robustnessgap.service.CommandLines;

/** On the images of a generator, written to a file as if they were one's own. */
final class MeasureImagesTest {
  private static final String GENERATOR = Path.of("models", "mnist-dcgan.onnx").toString();
  private static final String CLASSIFIER = Path.of("models", "mnist-mlp.onnx").toString();
  private static final int DIMENSION = 100;
  private static final int SAMPLES = 6;

  @TempDir Path folder;
  @RegisterExtension final CapturedOutput output = new CapturedOutput();

  @Test
  void distancesAreThoseOfTheGeneratorWhoseImagesTheyAre() throws Exception {
    List<JsonNode> expected =
        lines("--generator", GENERATOR, "--spaces", "unconstrained", "--samples", "" + SAMPLES);
    List<JsonNode> measured = lines("--images", images().toString());

    assertThat(measured).hasSize(SAMPLES);
    for (int i = 0; i < SAMPLES; i++) {
      JsonNode image = measured.get(i);
      JsonNode generated = expected.get(i);
      assertThat(image.get("label")).isEqualTo(generated.get("label"));
      assertThat(image.at("/unconstrained/distance").asDouble())
          .isCloseTo(generated.at("/unconstrained/distance").asDouble(), within(1e-5));
      assertThat(image.get("image").asText()).contains("digits.npy");
      assertThat(image.has("latent_norm")).isFalse();
    }
  }

  @Test
  void noLimitIsShown() throws Exception {
    lines("--images", images().toString());

    assertThat(output.out())
        .contains("normalised by the images' mean ℓ2 norm", "images of digits")
        .contains(
            "Not applicable, unconstrained: no generator was given, and limits are of its latent"
                + " vectors.")
        .contains("class measures  mnist-mlp", "  labels        6\n", "mnist-mlp: --counts ")
        .doesNotContain("exact", "estimated", "Gap ratio", "latent\n");
  }

  @Test
  void thatAFileHasMoreImagesIsSaid() throws Exception {
    lines("--images", images().toString());
    assertThat(output.err()).doesNotContain("which has more");
    assertThat(lines("--images", images().toString(), "--samples", "2")).hasSize(2);
    assertThat(output.err()).contains("Takes the first 2 images of digits.npy, which has more");
  }

  @Test
  void lowerBoundsAreBelowTheDistances() throws Exception {
    for (JsonNode line : lines("--images", images().toString(), "--lower-bounds")) {
      assertThat(line.at("/diagnostics/unconstrained/lower_bound").asDouble())
          .isPositive()
          .isLessThan(line.at("/unconstrained/distance").asDouble());
    }
    assertThat(output.out())
        .contains("certified lower bound")
        .doesNotContain("certified limit", "Lipschitz constant");
  }

  @Test
  void whatIsOfAGeneratorIsRefused() throws Exception {
    String images = images().toString();

    refused("there is no latent space", "--images", images, "--spaces", "latent");
    refused("give --images and --generator", "--images", images, "--encoder", "e.onnx");
    refused("give --images and --generator", "--images", images, "--reconstruction-limit", "1");
    refused("there is --seed", "--images", images, "--seed", "1");
    refused("leave out --latents", "--images", images, "--latents", "z.f32");
    refused("which takes a generator", "--images", images, "--project");
    refused("There is no file or folder", "--images", folder.resolve("none").toString());
  }

  private void refused(String sentence, String... arguments) {
    assertThat(measure(arguments)).isEqualTo(2);
    assertThat(output.err()).contains(sentence);
  }

  private List<JsonNode> lines(String... arguments) throws IOException {
    Path results = folder.resolve("results.jsonl");
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--out", results.toString()));
    assertThat(measure(all.toArray(String[]::new))).isZero();
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(results)) {
      lines.add(Json.mapper().readTree(line));
    }
    return lines;
  }

  private static int measure(String... arguments) {
    List<String> all = new ArrayList<>(List.of("--classifier", CLASSIFIER));
    all.addAll(List.of(arguments));
    return CommandLines.execute(new MeasureCommand(), all.toArray(String[]::new));
  }

  /** The images of the first latent vectors of seed 0, float32 [n, 1, 28, 28]. */
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
    String header =
        String.format(
            "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, 1, 28, 28), }", SAMPLES);
    String padded = header + " ".repeat(117 - header.length()) + "\n";
    float[] values = images.values();
    ByteBuffer npy =
        ByteBuffer.allocate(128 + values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    npy.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) 1);
    npy.put((byte) 0).putShort((short) padded.length());
    npy.put(padded.getBytes(StandardCharsets.US_ASCII));
    npy.asFloatBuffer().put(values);
    return Files.write(folder.resolve("digits.npy"), npy.array());
  }
}
