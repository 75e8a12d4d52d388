package org.robustnessgap.deploy.measure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.robustnessgap.service.CommandLines;

/** A campaign in a file instead of options. */
final class MeasureCampaignFileTest extends MeasureScenario {
  /** Options are one way to write a campaign, a file is the other. */
  @Test
  void aCampaignFileMeasuresWhatOptionsMeasure() throws Exception {
    String[] options = {"--samples", "5", "--seed", "3", "--spaces", "latent", "--effort", "fast"};
    String out = results().toString();
    assertThat(measure(with(options, "--quantile", "0.5", "--out", out))).isZero();
    String table = output.out();
    List<JsonNode> lines = lines();
    Path file = campaign("5");

    assertThat(CommandLines.execute(new MeasureCommand(), "--campaign", file + "", "--out", out))
        .isZero();

    assertThat(output.out()).isEqualTo(table + table);
    assertThat(lines()).hasSize(5).isEqualTo(lines);
  }

  @Test
  void samplesAndQuantilesOfACampaignFileMayBeOthers() throws Exception {
    Path file = campaign("null");

    assertThat(
            CommandLines.execute(
                new MeasureCommand(),
                "--campaign",
                file.toString(),
                "--samples",
                "2",
                "--quantile",
                "0.1",
                "--out",
                results().toString()))
        .isZero();

    assertThat(lines()).hasSize(2);
    assertThat(output.out()).contains("quantile 0.1 ").doesNotContain("quantile 0.5");
  }

  @Test
  void whatACampaignFileSaysIsNotSaidByAnOption() throws Exception {
    Path file = campaign("5");
    for (String[] option :
        List.of(
            new String[] {"--effort", "fast"},
            new String[] {"--classifier", CLASSIFIER},
            new String[] {"--range=0,1"},
            new String[] {"--generator-output", "x"})) {
      String[] arguments = with(new String[] {"--campaign", file.toString()}, option);
      assertThat(CommandLines.execute(new MeasureCommand(), arguments)).isEqualTo(2);
      assertThat(output.err())
          .contains(
              file
                  + " says what to measure and how; leave out "
                  + option[0].replaceFirst("=.*", "")
                  + ", or change it there.");
    }
  }

  @Test
  void aCampaignFileOfAnotherLatentDimensionIsRefusedBeforeAnythingIsSearched() throws Exception {
    Path file = campaign("5");
    Files.writeString(
        file,
        Files.readString(file).replace("\"latent_dimension\":100", "\"latent_dimension\":99"));

    assertThat(CommandLines.execute(new MeasureCommand(), "--campaign", file.toString()))
        .isEqualTo(2);

    assertThat(output.out()).isEmpty();
    assertThat(output.err())
        .contains("Generator mnist-dcgan takes latent vectors of length 100 but was given 99");
  }

  @Test
  void theFolderOfModelsConcernsACampaignFile() {
    assertThat(measure("--models", MODELS.toString())).isEqualTo(2);

    assertThat(output.err())
        .contains("--models says where locations in the file of --campaign begin, and there is no");
  }

  @Test
  void modelsAreNamedByOptionsOrByAFile() {
    assertThat(CommandLines.execute(new MeasureCommand(), "--generator", GENERATOR)).isEqualTo(2);

    assertThat(output.err())
        .contains("--classifier is missing; name the models with --generator and --classifier, or");
  }

  /**
   * Latent space at effort fast, seed 3.
   *
   * @param samples in JSON
   */
  private Path campaign(String samples) throws IOException {
    String models = MODELS.toAbsolutePath().toString().replace("\\", "/");
    return Files.writeString(
        folder.resolve("campaign.json"),
        String.format(
            """
            {"id":"c",
             "generator":{"name":"mnist-dcgan","location":"%s/mnist-dcgan.onnx","latent_dimension":100},
             "classifiers":[{"name":"mnist-mlp","location":"%s/mnist-mlp.onnx"}],
             "sampling":{"seed":3,"samples":%s,"batch_size":32,"window_samples":32,
               "max_jobs_in_flight":1,"job_timeout_seconds":60},
             "attack":{"spaces":["latent"],
               "algorithm":{"name":"boundary-descent","effort":"fast"}},
             "quantiles":[0.5]}
            """,
            models, models, samples));
  }
}
