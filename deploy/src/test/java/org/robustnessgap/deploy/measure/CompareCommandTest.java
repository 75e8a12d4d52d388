package org.robustnessgap.deploy.measure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.robustnessgap.messages.Json;
import org.robustnessgap.service.CommandLines;

/** Whether a new classifier is less robust than the one before. */
final class CompareCommandTest extends MeasureScenario {
  private static final String LENET = MODELS.resolve("mnist-lenet.onnx").toString();

  private static int compare(Object old, Object now, String... more) {
    List<String> arguments = new ArrayList<>(List.of(old.toString(), now.toString()));
    arguments.addAll(List.of(more));
    return CommandLines.execute(new CompareCommand(), arguments.toArray(String[]::new));
  }

  private static int compareModels(Object old, Object now, String... more) {
    return compare(
        old,
        now,
        with(
            new String[] {
              "--generator", GENERATOR, "--spaces", "latent", "--effort", "fast", "--samples", "48"
            },
            more));
  }

  private List<String> rows() {
    return output.out().lines().filter(line -> line.matches("(latent|unconstrained) .*")).toList();
  }

  @Test
  void theSameModelDidNotChange() throws Exception {
    Path copy = Files.copy(Path.of(CLASSIFIER), folder.resolve("copy.onnx"));

    assertThat(compareModels(CLASSIFIER, copy, "--quantile", "0.25")).isZero();

    assertThat(rows())
        .singleElement()
        .asString()
        .matches("latent +0.25 +48 +(\\S+) +\\1 +\\+0.0 % +\\+0.0 % to \\+0.0 %");
    assertThat(output.out()).contains("copy.onnx, sha256 ", "No loss.");
  }

  /** Every distance is three tenths shorter. */
  @Test
  void aLossIsFoundInTheOneDirectionAndNotInTheOther() throws Exception {
    Path old = results("old.jsonl", CLASSIFIER);
    Path now = scaled(old, 0.7);

    assertThat(compare(now, old)).isZero();
    assertThat(output.out()).doesNotContain("Significant loss").contains("No loss.");

    assertThat(compare(old, now)).isEqualTo(3);
    assertThat(rows().get(2)).endsWith("-30.0 %  -30.0 % to -30.0 %");
    assertThat(output.out())
        .contains(
            "Significant loss: the new one is less robust at quantile 0.25 (latent), quantile 0.5"
                + " (latent).");
  }

  @Test
  void aLossThatIsToleratedPasses() throws Exception {
    Path old = results("old.jsonl", CLASSIFIER);
    Path now = scaled(old, 0.7);

    assertThat(compare(old, now, "--tolerance", "35.5")).isZero();
    assertThat(output.out())
        .contains(
            "No significant loss beyond 35.5 %; at quantile 0.25 (latent) a loss of up to 30.0 %");
    assertThat(compare(old, now, "--tolerance", "20", "--quantile", "0.5")).isEqualTo(3);
    assertThat(output.out()).contains("Significant loss beyond 20 %: ");
  }

  /** The same results with other distances. */
  private Path scaled(Path results, double factor) throws Exception {
    List<String> lines = new ArrayList<>();
    for (String line : Files.readAllLines(results)) {
      JsonNode sample = Json.mapper().readTree(line);
      ObjectNode latent = (ObjectNode) sample.get("latent");
      latent.put("distance", factor * latent.get("distance").asDouble());
      lines.add(sample.toString());
    }
    return Files.write(folder.resolve("scaled.jsonl"), lines);
  }

  @Test
  void resultsFilesSayTheSameAsTheirModelsWhichAreEquallyRobust() throws Exception {
    assertThat(compareModels(CLASSIFIER, LENET)).isZero();
    String measured = output.out();
    Path old = results("old.jsonl", CLASSIFIER);
    Path now = results("now.jsonl", LENET);
    String before = output.out();

    assertThat(compare(old, now)).isZero();

    assertThat(output.out().substring(before.length()).lines().skip(2))
        .as("but for the names")
        .containsExactlyElementsOf(measured.lines().skip(2).toList());
    assertThat(output.out()).contains("now.jsonl, sha256 ", "No significant loss; at quantile ");
  }

  private Path results(String name, String classifier, String... more) {
    Path file = folder.resolve(name);
    String[] arguments = {
      "--generator",
      GENERATOR,
      "--classifier",
      classifier,
      "--spaces",
      "latent",
      "--effort",
      "fast",
      "--samples",
      "48",
      "--out",
      file.toString()
    };
    assertThat(CommandLines.execute(new MeasureCommand(), with(arguments, more))).isZero();
    return file;
  }

  @Test
  void whatWasNotMeasuredAlikeIsRefused() throws Exception {
    Path old = results("old.jsonl", CLASSIFIER);
    Path otherSeed = results("seed.jsonl", CLASSIFIER, "--seed", "3");
    Path otherAttack =
        Files.writeString(
            folder.resolve("attack.jsonl"),
            Files.readString(old).replace("\"effort\":\"fast\"", "\"effort\":\"standard\""));
    Path both =
        Files.writeString(
            folder.resolve("both.jsonl"),
            Files.readString(old) + Files.readString(old).replace("\"mnist-mlp\"", "\"another\""));

    assertRefused(compare(old, otherSeed), "Sample 0 of old.jsonl is another one", "same seed");
    assertRefused(compare(old, otherAttack), "were not measured alike", "the same options");
    assertRefused(compare(old, both), "line 49 of another", "a file of its own");
    assertRefused(compare(old, CLASSIFIER), "is a results file and the other is not");
    assertRefused(compare(old, old, "--samples=3"), "--samples is about how samples are measured");
  }

  @Test
  void whatIsNoResultOrNoNumberIsRefused() throws Exception {
    Path half = Files.writeString(folder.resolve("half.jsonl"), "{\"classifier\":\"f\"}\n{");

    assertRefused(compare(half, half), "Line 1 of", "half.jsonl", "measure --out");
    assertRefused(compareModels(CLASSIFIER, LENET, "--tolerance", "-1"), "--tolerance is -1.0");
    assertRefused(compareModels(CLASSIFIER, folder.resolve("gone.onnx")), "gone.onnx");
    assertRefused(compare(CLASSIFIER, LENET), "--generator is missing");
  }

  private void assertRefused(int code, String... sentence) {
    assertThat(code).isEqualTo(2);
    assertThat(output.err()).contains(sentence);
  }
}
