package org.robustnessgap.deploy.measure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What measure prints and writes of samples. */
final class MeasureCommandTest extends MeasureScenario {
  /** The names are a contract: README. */
  @Test
  void everySampleIsALineOfTheFieldsThatTheReadmeStates() throws Exception {
    assertThat(measure("--samples", "3", "--out", results().toString())).isZero();

    List<JsonNode> lines = lines();
    assertThat(lines).extracting(line -> line.get("ordinal").asInt()).containsExactly(0, 1, 2);
    for (JsonNode line : lines) {
      assertThat(line.fieldNames())
          .toIterable()
          .containsExactly(
              "classifier",
              "ordinal",
              "label",
              "latent_norm",
              "image_norm",
              "pixels",
              "provenance",
              "engine",
              "latent",
              "in-distribution",
              "unconstrained");
      assertThat(line.get("classifier").asText()).isEqualTo("mnist-mlp");
      assertThat(line.get("latent").fieldNames())
          .toIterable()
          .containsExactly(
              "distance",
              "adversarial_label",
              "kkt_residual",
              "status",
              "gradients",
              "forwards",
              "norm");
    }
    assertThat(output.out()).contains("quantile 0.25", "mnist-mlp");
  }

  @Test
  void tableAndLinesStateWhatPixelsAre() throws Exception {
    assertThat(
            measure(
                "--samples",
                "3",
                "--spaces",
                "unconstrained",
                "--range=0,1",
                "--out",
                results().toString()))
        .isZero();

    assertThat(lines().get(0).get("pixels").toString())
        .isEqualTo("{\"type\":\"float\",\"range\":{\"lower\":0.0,\"upper\":1.0}}");
    assertThat(output.out()).contains("Pixels: float in [0, 1].");
  }

  @Test
  void samplesTakesTheFirstRowsOfALatentFile() throws Exception {
    float[] values = new float[4 * DIMENSION];
    for (int row = 0; row < 4; row++) {
      values[row * DIMENSION] = row + 1;
    }
    Path latents = latents(values);

    assertThat(
            measure(
                "--latents",
                latents.toString(),
                "--samples",
                "2",
                "--spaces",
                "latent",
                "--out",
                results().toString()))
        .isZero();

    assertThat(lines())
        .extracting(line -> line.get("latent_norm").asDouble())
        .containsExactly(1.0, 2.0);
  }

  @Test
  void aClassifierThatFailsCostsTheOthersNothing() throws Exception {
    Path broken = broken();

    assertThat(
            measure(
                "--samples",
                "3",
                "--spaces",
                "latent",
                "--classifier",
                broken.toString(),
                "--out",
                results().toString()))
        .isEqualTo(2);

    assertThat(lines())
        .extracting(
            line ->
                line.get("classifier").asText() + " " + line.get("latent").get("status").asText())
        .containsExactly(
            "mnist-mlp found",
            "mnist-mlp found",
            "mnist-mlp found",
            "broken failed",
            "broken failed",
            "broken failed");
    assertThat(output.out())
        .contains(
            "exact", "broken: all 3 samples failed. Classifier broken failed on all 3 samples");
    assertThat(output.err())
        .contains("Nothing could be measured of broken; the reasons are above.")
        .doesNotContain("\tat ");
  }

  @Test
  void anotherNormIsNamedEverywhereAndHasNoLimit() throws Exception {
    assertThat(
            measure(
                "--samples",
                "3",
                "--spaces",
                "unconstrained",
                "--norm",
                "linf",
                "--out",
                results().toString()))
        .isZero();

    assertThat(output.out())
        .startsWith(
            "Distances by ℓ∞, not normalised; 95 % intervals.\n"
                + "Attack: boundary-descent standard, linf, unconstrained only, images of"
                + " mnist-dcgan, onnxruntime-cpu.\n")
        .containsPattern("  limit +not applicable\n  95 % interval +–\n")
        .containsPattern("  measured +0\\.\\d+\n")
        .containsPattern("  gap ratio +–\n")
        .doesNotContain("Limit: no classifier")
        .contains("\nNot applicable, unconstrained: limits are of l2 distances, and linf");
    assertThat(output.err()).contains("Samples to measure: 3 attack\n");
    JsonNode line = lines().get(0);
    assertThat(line.at("/provenance/attack/norm").asText()).isEqualTo("linf");
    assertThat(line.at("/provenance/generator").asText()).isEqualTo("mnist-dcgan");
    assertThat(line.get("engine").asText()).isEqualTo("onnxruntime-cpu");
    assertThat(line.at("/unconstrained/norm").asText()).isEqualTo("linf");
  }

  @Test
  void latentsThatAreNotFiniteAreNamed() throws Exception {
    float[] values = new float[2 * DIMENSION];
    values[DIMENSION + 7] = Float.NaN;
    Path latents = latents(values);

    assertThat(measure("--latents", latents.toString())).isEqualTo(2);

    assertThat(output.err()).contains(latents + " holds NaN in row 1");
  }

  @Test
  void moreSamplesThanFitAreRefused() {
    assertThat(measure("--samples", "1000000000000")).isEqualTo(2);

    assertThat(output.err()).contains("1000000000000 samples are more than measure holds at once");
  }

  @Test
  void pixelsAreLookedAtBeforeAnythingElse() {
    assertThat(measure("--samples", "6", "--spaces", "latent", "--range=5,6", "--lower-bounds"))
        .isEqualTo(3);

    assertThat(output.err()).containsPattern("Suspicious: .*mnist-mlp");
    assertThat(output.out())
        .containsPattern("mnist-mlp: certified lower bound \\S+, certified limit unknown,")
        .contains("mnist-dcgan: no certified limit. The campaign measures no smoothness of it.");
  }
}
