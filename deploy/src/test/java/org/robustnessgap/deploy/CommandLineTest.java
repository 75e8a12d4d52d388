package org.robustnessgap.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.messages.Json;
import org.robustnessgap.service.CommandLines;
import picocli.CommandLine;

final class CommandLineTest {
  @RegisterExtension final CapturedOutput output = new CapturedOutput();

  /** d = 100, ten equal classes: docs/explanation/theory.md. */
  @Test
  void limitPrintsTheGoldenValuesToAllDigits() throws Exception {
    assertThat(run("limit", "--dimension", "100", "--equiprobable", "10", "--json")).isZero();

    JsonNode json = Json.mapper().readTree(output.out());
    assertThat(json.get("classes").asInt()).isEqualTo(10);
    assertThat(json.get("normaliser").asDouble()).isCloseTo(9.9750316395510509, within(1e-13));
    assertThat(json.get("mean_distance").asDouble()).isCloseTo(0.4734317538, within(1e-10));
    assertThat(json.get("quantiles"))
        .extracting(limit -> limit.get("quantile").asDouble())
        .containsExactly(0.05, 0.25, 0.5);
    JsonNode quarter = json.get("quantiles").get(1);
    assertThat(quarter.get("distance").asDouble()).isCloseTo(0.1579799054, within(1e-10));
    assertThat(quarter.get("normalised").asDouble()).isCloseTo(0.01583753, within(1e-8));
  }

  @Test
  void limitPrintsATable() {
    assertThat(run("limit", "--dimension", "100", "--classes", "0.5,0.5", "--quantile", "0.25"))
        .isZero();

    assertThat(output.out())
        .isEqualTo(
            """
            Limits of any classifier: d = 100, 2 classes, E‖z‖ = 9.97503

            Latent robustness (L1, L4)
            quantile  limit         normalised    kind
            0.25      0.318639      0.0319437     exact
            mean      0.797885      0.0799882     exact

            Closed form, no class above ½ (L2)
            quantile  limit         normalised    kind
            0.25      1.01338       0.101592      exact

            Closed form, at least 5 equal classes (L3, L4)
            not applicable: there are 2 classes, and at least 5 are needed.
            """);
  }

  /** Twelve of 512 labels differ; the 95 % upper limit of the fraction is 0.0405824. */
  @Test
  void limitPrintsWhatElseIsAskedFor() {
    String line =
        "limit --dimension 100 --equiprobable 10 --quantile 0.25 --disagreement 12/512"
            + " --lipschitz 3 --wasserstein 0.5 --risk 0.05";
    assertThat(run(line.split(" "))).isZero();

    assertThat(output.out())
        .contains(
            "Robustness of images, Lipschitz constant 3, Wasserstein distance 0.5 (L1," + " L4)",
            // 3 × 0.1579799 and 3 × 0.4734318 + 0.5.
            "0.25      0.473940      –             certified",
            "mean      1.92030       –             certified",
            "Fooling two classifiers that differ on 0.0234375 (L5, general)",
            "Fooling two classifiers that differ on 0.0405824 (95 % upper limit)",
            "Closed form, differing on 0.0234375 (L5)",
            "Latent distance to the errors of a classifier with risk 0.05 (L6)",
            // Φ⁻¹(0.25) − Φ⁻¹(0.05).
            "0.25      0.970364");
  }

  /** The true measures are within Clopper–Pearson intervals of the counts, simultaneously. */
  @Test
  void countedLabelsGiveIntervals() throws Exception {
    assertThat(run("limit", "--dimension", "100", "--counts", "51,32,17", "--json")).isZero();

    JsonNode statements = Json.mapper().readTree(output.out()).get("statements");
    double limit = quarter(statements.get(0));
    assertThat(quarter(statements.get(1))).isLessThan(limit).isGreaterThan(0.8 * limit);
    assertThat(quarter(statements.get(2))).isGreaterThan(limit).isLessThan(1.5 * limit);
    assertThat(statements.get(1).get("title").asText()).contains("lower ends");
  }

  private static double quarter(JsonNode statement) {
    return statement.get("quantiles").get(1).get("distance").asDouble();
  }

  @Test
  void limitDrawsTheSamePictureEveryTime(@TempDir Path folder) throws Exception {
    for (String name : new String[] {"a.svg", "b.svg"}) {
      String file = folder.resolve(name).toString();
      assertThat(run("limit", "--dimension", "100", "--equiprobable", "10", "--plot", file))
          .isZero();
    }

    String svg = Files.readString(folder.resolve("a.svg"));
    assertThat(svg)
        .isEqualTo(Files.readString(folder.resolve("b.svg")))
        .contains("Theorem 1", "K = 1000", "d = 10000", "latent distance / √d");
    DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(folder.resolve("a.svg").toFile());
  }

  @Test
  void oneClassHasNoLimit() throws Exception {
    assertThat(run("limit", "--dimension", "2", "--equiprobable", "1", "--json")).isZero();

    JsonNode json = Json.mapper().readTree(output.out());
    assertThat(json.get("mean_distance").isNull()).isTrue();
    assertThat(json.get("quantiles").get(0).get("distance").isNull()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "limit --dimension 100",
        "limit --dimension 0 --equiprobable 10",
        "limit --dimension 100 --equiprobable 0",
        "limit --dimension 100 --classes 0.5,0.4",
        "limit --dimension 100 --equiprobable 10 --quantile 1",
        "limit --dimension 100 --counts 0,0",
        "limit --dimension 100 --counts 1.5,2",
        "limit --dimension 100 --counts 3,-1",
        "limit --dimension 100 --equiprobable 10 --classes 0.5,0.5",
        "limit --dimension 100 --equiprobable 10 --disagreement 7/5",
        "limit --dimension 100 --equiprobable 10 --disagreement half",
        "limit --dimension 100 --equiprobable 10 --disagreement 1.5",
        "limit --dimension 100 --equiprobable 10 --wasserstein -1",
        "limit --dimension 100 --equiprobable 10 --lipschitz 0",
        "limit --dimension 100 --equiprobable 10 --risk 2",
        "limit --dimension 100 --equiprobable 10 --plot no-such-folder/limit.svg",
        "apply no-such-campaign.json",
        "demo --samples 0",
        "demo --quantile 1",
        "demo --transfer 0",
        "measure --generator g.onnx --classifier f.onnx --quantile 0",
        "cluster --workers 0",
        "benchmark",
        "benchmark --rows 0 model.onnx",
        "benchmark --requests model.onnx",
        "cluster --device cuda:0",
        "demo --engine tensorrt",
        "measure --generator g.onnx --classifier f.onnx --device gpu",
        "measure --generator g.onnx --classifier f.onnx --device-memory 8",
        "inspect --threads -1 model.onnx",
        "broker --port 70000 --data target/broker",
        "no-such-command",
        ""
      })
  void mistakesExitWith2AndASentence(String line) {
    assertThat(run(line.isEmpty() ? new String[0] : line.split(" "))).isEqualTo(2);

    assertThat(output.err()).isNotBlank().doesNotContain("\tat ", "This is a bug");
  }

  static java.util.stream.Stream<String> commands() {
    return new CommandLine(new RobustnessGapCommand()).getSubcommands().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandHelpsWithAnExample(String command) {
    assertThat(run(command, "--help")).isZero();

    assertThat(output.out())
        .contains("Usage: robustness-gap " + command)
        .containsPattern("Examples?:\\R");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandBeginsItsDescriptionWithAFullSentence(String command) {
    String[] description =
        new CommandLine(new RobustnessGapCommand())
            .getSubcommands()
            .get(command)
            .getCommandSpec()
            .usageMessage()
            .description();
    assertThat(description[0]).endsWith(".").hasSizeBetween(20, 100);
  }

  private static int run(String... arguments) {
    return CommandLines.execute(new RobustnessGapCommand(), arguments);
  }
}
