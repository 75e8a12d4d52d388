package org.robustnessgap.deploy.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.robustnessgap.deploy.model.ModelFile;
import org.robustnessgap.fit.LinearGenerator;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.service.CommandLines;

/** Images in R³, a generator of those in a plane, and a classifier of closed-form distances. */
final class MeasureReconstructionTest extends MeasureScenario {
  /** On the plane; beside it; across it; and with another label there. */
  private static final float[] IMAGES = {2, 1, 0, 2, 1, 0.5f, 0, 0, 4, 1, 5, -2};

  private String images = "";
  private String generator = "";
  private String classifier = "";

  @BeforeEach
  void write() throws Exception {
    images = npy().toString();
    generator = model("plane", new double[][] {{2, 0, 0}, {0, 2, 0}});
    classifier = model("slanted", new double[][] {{0, 1}, {0, 0}, {0, 1}});
  }

  @Test
  void everyImageHasItsReconstructionAndWhatIsTooFarNoLatentDistance() throws Exception {
    model("plane.encoder", new double[][] {{0.5, 0}, {0, 0.5}, {0, 0}});

    assertThat(run("--out", results().toString())).isZero();

    List<JsonNode> lines = lines();
    assertThat(lines)
        .extracting(line -> line.at("/reconstruction/too_far").asText())
        .containsExactly("", "", "error", "label");
    assertThat(lines.get(1).at("/reconstruction/error").asDouble()).isCloseTo(0.5, within(1e-5));
    assertThat(lines.get(1).at("/in-distribution/distance").asDouble()).isCloseTo(2, within(1e-3));
    assertThat(lines.get(1).at("/latent/distance").asDouble()).isCloseTo(1, within(1e-3));
    assertThat(lines.get(2).has("latent")).isFalse();
    assertThat(lines.get(2).has("in-distribution")).isFalse();
    assertThat(lines.get(2).at("/unconstrained/distance").asDouble())
        .isCloseTo(4 / Math.sqrt(2), within(1e-3));
    assertThat(lines.get(3).at("/reconstruction/label").asInt()).isEqualTo(1);
    assertThat(output.out())
        .contains("latent by the mean ‖z‖, the others by the mean ‖x‖")
        .contains("Not applicable, latent: limits are of latent vectors drawn from N(0, I)")
        .contains("r_unc(x) ≤ ‖g(z) − x‖ + r_in(g(z))")
        .containsPattern("measured at g\\(z\\) +2\n +too far +2\n")
        .containsPattern("error above 0.500 of that distance +1\n +another label +1\n")
        .doesNotContain("without an encoder", "exact", "estimated", "Gap ratio");
  }

  @Test
  void withoutAnEncoderItIsSaidThatAMinimumMayBeMissed() {
    assertThat(run("--reconstruction-limit", "0.1")).isZero();

    assertThat(output.out())
        .contains("without an encoder: unless it is linear, a nearer one may have been missed")
        .containsPattern("measured at g\\(z\\) +1\n");
  }

  @Test
  void aWrongEncoderIsRefused() throws Exception {
    String text = Files.writeString(folder.resolve("text.onnx"), "no model").toString();

    refused(
        "Encoder turned", "--encoder", model("turned", new double[][] {{-1, 0}, {0, -1}, {0, 0}}));
    refused("latent vectors of length 2", "--encoder", zeros("wide", 3, 3));
    refused("takes images of shape [2]", "--encoder", zeros("small", 2, 2));
    refused("text.onnx", "--encoder", text);
    refused("There is no file", "--encoder", folder.resolve("none.onnx").toString());
    refused("no share of a distance", "--reconstruction-limit", "0");
    refused("the generator's only the unconstrained", "--spaces", "latent");
    refused("searches no space that takes them", "--spaces", "unconstrained");
    refused("in place of images of your own", "--project");
  }

  private void refused(String sentence, String... arguments) {
    assertThat(run(arguments)).isEqualTo(2);
    assertThat(output.err()).contains(sentence);
  }

  private int run(String... more) {
    String[] own = {"--images", images, "--generator", generator, "--classifier", classifier};
    return CommandLines.execute(new MeasureCommand(), with(own, more));
  }

  private String zeros(String name, int in, int out) {
    return model(name, new double[in][out]);
  }

  /** x ↦ x · weights. */
  private String model(String name, double[][] weights) {
    int out = weights[0].length;
    double[] ones = new double[weights.length];
    Arrays.fill(ones, 1);
    OnnxModel model =
        new LinearGenerator(1, new double[out], ones, weights, 1, 0)
            .model(name, List.of((long) out));
    Path file = folder.resolve(name + ".onnx");
    ModelFile.write(file, model);
    return file.toString();
  }

  /** Float32 [4, 3]. */
  private Path npy() throws Exception {
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (4, 3), }";
    String padded = header + " ".repeat(117 - header.length()) + "\n";
    ByteBuffer npy =
        ByteBuffer.allocate(128 + IMAGES.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    npy.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) 1);
    npy.put((byte) 0).putShort((short) padded.length());
    npy.put(padded.getBytes(StandardCharsets.US_ASCII));
    npy.asFloatBuffer().put(IMAGES);
    return Files.write(folder.resolve("points.npy"), npy.array());
  }
}
