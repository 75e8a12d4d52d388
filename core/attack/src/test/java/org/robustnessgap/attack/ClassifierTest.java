package org.robustnessgap.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.robustnessgap.onnx.Refusals.assertRefused;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.robustnessgap.attack.generator.GeneratorModel;
import org.robustnessgap.attack.generator.Latents;
import org.robustnessgap.attack.map.RowMap;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.map.Vectors;
import org.robustnessgap.attack.search.SearchResult;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.EngineSettings;
import org.robustnessgap.engine.Golden;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.messages.Algorithm;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.InputContract;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.messages.ModelInput;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.messages.PixelSpace;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.Scores;
import org.robustnessgap.messages.Space;
import org.robustnessgap.onnx.ClassifierModel;
import org.robustnessgap.onnx.TestGraph;
import org.robustnessgap.onnx.graph.OnnxModel;

/** Classifiers of files, attacked without a generator. */
class ClassifierTest {
  private static final Engine ENGINE = new OnnxRuntimeEngine(0);

  @TempDir Path folder;

  private Path file(OnnxModel model) throws IOException {
    return Files.write(folder.resolve(model.name() + ".onnx"), model.toBytes());
  }

  private static float[][] rows(Rows rows) {
    return IntStream.range(0, rows.count()).mapToObj(rows::row).toArray(float[][]::new);
  }

  /**
   * What a campaign finds in pixel space is what is found on the images alone, to the last digit.
   */
  @ParameterizedTest
  @EnumSource
  void findsWhatACampaignFinds(Norm norm) {
    LatentBatch latents = Latents.gaussian(5, 12, 100);
    AttackPlan plan =
        new AttackPlan(
            List.of(Space.UNCONSTRAINED),
            Algorithm.BoundaryDescent.standard(),
            norm,
            new PixelRange(-1, 1));
    try (GeneratorModel generator =
            GeneratorModel.open(OnnxModel.read(Golden.model("mnist-dcgan")), ENGINE);
        AttackTarget target =
            AttackTarget.open(generator, OnnxModel.read(Golden.model("mnist-lenet")), ENGINE);
        Classifier classifier = Classifier.open(Golden.model("mnist-lenet"))) {
      List<Outcome> campaign =
          target.attack(latents, plan).stream()
              .map(sample -> sample.spaces().get(Space.UNCONSTRAINED))
              .toList();
      Rows images = generator.map().apply(generator.rows(latents));
      AttackReport report =
          Attacks.boundaryDescent().norm(norm).pixelRange(-1, 1).search(classifier, rows(images));

      assertThat(report.results().stream().map(SearchResult::outcome)).isEqualTo(campaign);
      assertThat(classifier.labels(rows(images)))
          .containsExactly(
              target.attack(latents, plan).stream().mapToInt(SampleResult::label).toArray());
      assertThat(classifier.imageShape()).containsExactly(1L, 28L, 28L);
      assertThat(classifier.classes()).isEqualTo(10);
    }
  }

  /** More images than are searched together, each with its own result. */
  @Test
  void manyImages() {
    RowMap map = RowMap.Network.random(3, 6, 4);
    float[][] images = rows(new Rows(Latents.gaussian(6, 70, 6).values(), 6));
    Classifier classifier = Classifier.of("network", map);
    List<SearchResult> together = Attacks.boundaryDescent().search(classifier, images).results();
    assertThat(together).hasSize(70);
    for (int i : new int[] {0, 31, 32, 69}) {
      SearchResult.Found found = together.get(i).found().orElseThrow();
      assertThat(Vectors.norm(found.perturbation(images[i]))).isEqualTo(found.distance());
    }
  }

  /** Six numbers of which the third and fourth are the scores: x₀ and x₁. */
  private static OnnxModel wide() {
    float[][] weights = {{0, 0, 1, 0, 9, 9}, {0, 0, 0, 1, 9, 9}};
    return TestGraph.linear("wide", weights);
  }

  @Test
  void whatItsUserSaysOfAFile() throws IOException {
    float[][] image = {{3, 1}};
    ClassifierFile file = ClassifierFile.of(file(wide())).outputSlice(2, 4).scores(Scores.LOGITS);
    try (Classifier classifier = file.engine(EngineSettings.standard()).open()) {
      assertThat(classifier.classes()).isEqualTo(2);
      assertThat(classifier.labels(image)).containsExactly(0);
      double found =
          Attacks.boundaryDescent()
              .search(classifier, image)
              .results()
              .get(0)
              .distanceIfKnown()
              .orElseThrow();
      assertThat(found).isBetween(Math.sqrt(2) * (1 - 1e-6), Math.sqrt(2) * 1.0001);
    }
  }

  /** Behind a contract of pixels in [0, 255] distances are 255 times those in [0, 1]. */
  @Test
  void distancesAreThoseOfThePixelsOfTheContract() throws IOException {
    Path plain = file(TestGraph.linear("plain", new float[][] {{1, 0}, {0, 1}}));
    PixelSpace bytes = new PixelSpace(null, null, new PixelRange(0, 255), null);
    InputContract contract =
        new InputContract(
            bytes, null, null, new ModelInput(null, null, new PixelRange(0, 1), null, null, null));
    try (Classifier classifier =
        ClassifierFile.of(plain).inputContract(contract).imageShape(2).open(ENGINE)) {
      double found =
          Attacks.boundaryDescent()
              .search(classifier, new float[][] {{150, 50}})
              .results()
              .get(0)
              .distanceIfKnown()
              .orElseThrow();
      double exact = 100 / Math.sqrt(2);
      assertThat(found).isBetween(exact * (1 - 1e-6), exact * 1.0001);
    }
  }

  @Test
  void suspiciousImages() {
    float[][] weights = {{0, 0}, {0, 0}};
    try (Classifier classifier =
        Classifier.open(ClassifierModel.ofScores(TestGraph.linear("flat", weights)), ENGINE)) {
      float[][] images = {{0, 1}, {1, 0}, {1, 1}, {0, 0}};
      assertThat(Attacks.boundaryDescent().search(classifier, images).suspicions())
          .anySatisfy(
              suspicion -> assertThat(suspicion.sentence()).contains("flat", "same scores"));
    }
  }

  @Test
  void refusals() throws IOException {
    assertRefused(() -> Classifier.open(folder.resolve("none.onnx")), "none.onnx");
    Path single = file(TestGraph.linear("single", new float[][] {{1}, {2}}));
    assertRefused(() -> ClassifierFile.of(single).outputSlice(0, 3).open(ENGINE), "single", "0:3");
    assertRefused(
        () -> Classifier.of("one", new RowMap.Affine(new double[1][2], new double[1])),
        "one",
        "at least two classes");
    assertRefused(() -> Attacks.boundaryDescent().budget(0), "budget of 0", "at least 1");
    assertRefused(() -> Attacks.boundaryDescent().pixelRange(1, 0), "pixel range");
  }

  @Test
  void robustAccuracy() {
    AttackReport report =
        new AttackReport(
            List.of(
                new SearchResult.Found(new float[1], 0.5, 1, 0, 1, 1),
                new SearchResult.Misclassified(2, 0, 1),
                new SearchResult.NotFound(Outcome.NotFound.Reason.BUDGET, 1, 1),
                new SearchResult.Found(new float[1], 2, 1, 0, 1, 1)),
            List.of());

    assertThat(report.robustAccuracy(0)).isEqualTo(0.75);
    assertThat(report.robustAccuracy(0.5)).as("at the distance itself it is fooled").isEqualTo(0.5);
    assertThat(report.robustAccuracy(3)).isEqualTo(0.25);
    assertRefused(() -> report.robustAccuracy(-1), "must not be negative");
    assertRefused(() -> new AttackReport(List.of(), List.of()).robustAccuracy(1), "0 of 0");
    SearchResult failed = new SearchResult.Failed("no number", 0, 1);
    assertRefused(
        () -> new AttackReport(List.of(failed), List.of()).robustAccuracy(1), "1 of 1", "leave");
  }
}
