package org.robustnessgap.deploy.measure;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.campaign.diagnostic.ProjectionDiagnostic;
import org.robustnessgap.deploy.CapturedOutput;
import org.robustnessgap.messages.Json;
import org.robustnessgap.service.CommandLines;

final class MeasureCommandTest {
  private static final Path MODELS = Path.of("models");
  private static final String GENERATOR = MODELS.resolve("mnist-dcgan.onnx").toString();
  private static final String CLASSIFIER = MODELS.resolve("mnist-mlp.onnx").toString();
  private static final int DIMENSION = 100;

  @TempDir Path folder;
  @RegisterExtension final CapturedOutput output = new CapturedOutput();

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
  void diagnosticsAreMeasuredByName() throws Exception {
    assertThat(
            measure(
                "--samples",
                "3",
                "--spaces",
                "unconstrained",
                "--diagnostics",
                "lower-bounds, kkt-residual",
                "--out",
                results().toString()))
        .isZero();

    for (JsonNode line : lines()) {
      JsonNode found = line.at("/diagnostics/unconstrained");
      assertThat(found.get("lower_bound").asDouble())
          .isPositive()
          .isLessThan(line.at("/unconstrained/distance").asDouble());
      assertThat(found.get("kkt_residual")).isEqualTo(line.at("/unconstrained/kkt_residual"));
    }
    assertThat(output.out())
        .contains("Diagnostics, not normalised: median (quartiles)\n")
        .containsPattern(
            "mnist-mlp, unconstrained: lower_bound \\S+ \\(\\S+ to \\S+\\), 3 samples\n");
  }

  @Test
  void unknownDiagnosticsAreRefused() {
    assertThat(measure("--samples", "2", "--diagnostics", "oracle")).isEqualTo(2);

    assertThat(output.err())
        .contains("There is no diagnostic 'oracle'; choose among kkt-residual, lower-bounds,");
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
  void lowerBoundsStayBelowWhatIsMeasured() throws Exception {
    assertThat(
            measure(
                "--samples",
                "6",
                "--spaces",
                "unconstrained",
                "--lower-bounds",
                "--out",
                results().toString()))
        .isZero();

    assertThat(lines())
        .hasSize(6)
        .allSatisfy(
            line -> {
              JsonNode found = line.at("/diagnostics/unconstrained");
              assertThat(found.get("lower_bound").asDouble())
                  .isPositive()
                  .isLessThan(line.get("unconstrained").get("distance").asDouble());
              assertThat(found.get("peck_bound").asDouble()).isPositive();
            });
    assertThat(output.out())
        .containsPattern("mnist-mlp: certified lower bound [0-9.e-]+, certified limit [0-9.e+]+")
        .contains("mnist-dcgan: Lipschitz constant at most");
  }

  @Test
  void theShortWordsAreDiagnostics() throws Exception {
    String[] common = {"--samples", "2", "--spaces", "latent", "--out", results() + ""};
    assertThat(measure(with(common, "--lower-bounds"))).isZero();
    String printed = output.out();
    List<JsonNode> lines = lines();

    assertThat(measure(with(common, "--diagnostics", "lower-bounds"))).isZero();

    assertThat(output.out()).isEqualTo(printed + printed);
    assertThat(lines()).isEqualTo(lines);
  }

  @Test
  void theNearestPointClassifierIsAtLeastHalfAsRobustAsInDistribution() throws Exception {
    assertThat(measure("--samples", "2", "--project", "--out", results().toString())).isZero();

    for (JsonNode line : lines()) {
      JsonNode projected = line.at("/diagnostics/unconstrained");
      assertThat(projected.fieldNames())
          .toIterable()
          .containsExactlyInAnyOrderElementsOf(new ProjectionDiagnostic().values().keySet());
      double inDistribution = projected.get("projected_in_distribution").asDouble();
      assertThat(inDistribution)
          .isLessThanOrEqualTo(line.get("in-distribution").get("distance").asDouble());
      assertThat(projected.get("projected_least_distance").asDouble())
          .isEqualTo(inDistribution / 2);
      assertThat(projected.get("projected_distance").asDouble())
          .isGreaterThanOrEqualTo(inDistribution / 2 * (1 - 1e-5));
    }
    assertThat(output.out()).containsPattern("samples below the least +0 of 2");
  }

  @Test
  void aClassifierThatFailsCannotBeProjectedEither() throws Exception {
    String broken = broken().toString();

    assertThat(
            measure("--samples", "1", "--project", "--classifier", broken, "--out", results() + ""))
        .isEqualTo(2);

    assertThat(lines().get(1).at("/diagnostics/unconstrained").fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("projection_gradients", "projection_forwards");
    assertThat(output.out()).containsPattern("samples below the least +0 of 1 +0 of 1");
  }

  @Test
  void projectionNeedsBothSpacesThatItCompares() {
    assertThat(measure("--project", "--spaces", "latent")).isEqualTo(2);

    assertThat(output.err())
        .contains(
            "The diagnostic projection compares the spaces in-distribution and unconstrained;");
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
  void pairsOfClassifiersAreCompared() throws Exception {
    String other = CLASSIFIER.replace("mnist-mlp", "mnist-lenet");
    String[] arguments = {"--samples", "4", "--spaces", "latent,unconstrained", "--transfer", "2"};
    List<String> line = new ArrayList<>(List.of("--classifier", other));
    line.addAll(List.of(arguments));
    assertThat(measure(line.toArray(String[]::new))).isZero();

    assertThat(output.out())
        .contains("Perturbations that fool two classifiers")
        .containsPattern("labels differ +\\d+ % \\(\\d+ to \\d+ %\\)")
        .containsPattern("(?s)unconstrained\n.*  samples +2\n");
  }

  @Test
  void effortAndSpacesReachTransfer() {
    String other = CLASSIFIER.replace("mnist-mlp", "mnist-lenet");
    for (String effort : List.of("fast", "thorough")) {
      assertThat(
              measure(
                  "--classifier",
                  other,
                  "--samples",
                  "8",
                  "--spaces",
                  "latent",
                  "--transfer",
                  "8",
                  "--effort",
                  effort))
          .isZero();
    }
    String[] transfers = output.out().split("Perturbations that fool two classifiers");
    assertThat(transfers).hasSize(3);
    transfers[1] = transfers[1].substring(0, transfers[1].indexOf("ℓ2 distances"));
    assertThat(transfers[1])
        .contains("Attack: boundary-descent fast, l2, latent only, images of mnist-dcgan, ")
        .doesNotContain("unconstrained");
    assertThat(transfers[2])
        .contains("Attack: boundary-descent thorough, l2, latent only, images of mnist-dcgan, ");
    assertThat(transfers[2].substring(transfers[2].indexOf("quantile")))
        .as("more effort finds other figures")
        .isNotEqualTo(transfers[1].substring(transfers[1].indexOf("quantile")));
  }

  @Test
  void transferRefusesByNameWhatItCannotSearch() {
    String other = CLASSIFIER.replace("mnist-mlp", "mnist-lenet");
    for (List<String> options :
        List.of(
            List.of("--norm", "linf"),
            List.of("--pixel-range=-1,1"),
            List.of("--attack", "deepfool"),
            List.of("--spaces", "in-distribution"))) {
      List<String> line =
          new ArrayList<>(List.of("--classifier", other, "--samples", "2", "--transfer", "2"));
      line.addAll(options);
      assertThat(measure(line.toArray(String[]::new))).isEqualTo(2);
      assertThat(output.err())
          .contains("not with " + String.join(" ", options).replaceFirst("=.*", ""));
    }
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
  void transferNeedsTwoClassifiers() {
    assertThat(measure("--samples", "2", "--transfer", "2")).isEqualTo(2);

    assertThat(output.err()).contains("mnist-mlp is the only one");
  }

  @Test
  void transferNeedsSamples() {
    assertThat(measure("--samples", "2", "--transfer", "0")).isEqualTo(2);

    assertThat(output.err()).contains("--transfer 0 is no number of samples");
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
  void pixelsAreLookedAtBeforeAnythingElse() {
    assertThat(measure("--samples", "6", "--spaces", "latent", "--range=5,6", "--lower-bounds"))
        .isEqualTo(3);

    assertThat(output.err()).containsPattern("Suspicious: .*mnist-mlp");
    assertThat(output.out())
        .containsPattern("mnist-mlp: certified lower bound \\S+, certified limit unknown,")
        .contains("mnist-dcgan: no certified limit. The campaign measures no smoothness of it.");
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

  private static String[] with(String[] arguments, String... more) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  private static int measure(String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("--generator", GENERATOR, "--classifier", CLASSIFIER));
    arguments.addAll(List.of(more));
    return CommandLines.execute(new MeasureCommand(), arguments.toArray(String[]::new));
  }

  private Path results() {
    return folder.resolve("results.jsonl");
  }

  private List<JsonNode> lines() throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(results())) {
      lines.add(Json.mapper().readTree(line));
    }
    return lines;
  }

  private Path latents(float[] values) throws IOException {
    return Files.write(folder.resolve("z.f32"), littleEndian(values));
  }

  /** The classifier with no weight left that is a number. */
  private Path broken() throws IOException {
    ModelProto.Builder model =
        ModelProto.parseFrom(Files.readAllBytes(Path.of(CLASSIFIER))).toBuilder();
    for (TensorProto.Builder weight : model.getGraphBuilder().getInitializerBuilderList()) {
      if (weight.getDataType() == TensorProto.DataType.FLOAT_VALUE) {
        float[] values = new float[weight.getRawData().size() / Float.BYTES];
        Arrays.fill(values, Float.NaN);
        weight.setRawData(ByteString.copyFrom(littleEndian(values)));
      }
    }
    return Files.write(folder.resolve("broken.onnx"), model.build().toByteArray());
  }

  private static byte[] littleEndian(float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }
}
