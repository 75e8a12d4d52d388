package org.robustnessgap.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.robustnessgap.onnx.TestGraph.X;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.attack.generator.GeneratorModel;
import org.robustnessgap.attack.generator.Latents;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.messages.ModelOptions;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.Suspicion;
import org.robustnessgap.onnx.ClassifierModel;
import org.robustnessgap.onnx.TestGraph;
import org.robustnessgap.onnx.graph.OnnxModel;

/** One decision, written in several ways: its distances are the same. */
class EquivalentClassifiersTest {
  private static final Engine ENGINE = new OnnxRuntimeEngine(0);
  private static final int LATENT = 6;
  private static final int PIXELS = 20;
  private static final int CLASSES = 5;
  private static final LatentBatch LATENTS = Latents.gaussian(3, 12, LATENT);

  /** Behind scores so large that float32 rounds their softmax to 0 and 1. */
  enum Tail {
    SOFTMAX((graph, scores) -> graph.node("Softmax", List.of(scores))),
    LOG_SOFTMAX((graph, scores) -> graph.node("LogSoftmax", List.of(scores))),
    SIGMOID_AT_LOW_TEMPERATURE(
        (graph, scores) ->
            graph.node(
                "Sigmoid",
                List.of(graph.node("Div", List.of(scores, graph.floats(new float[] {40})))))),
    PERCENT(
        (graph, scores) ->
            graph.node(
                "Mul",
                List.of(graph.node("Softmax", List.of(scores)), graph.floats(new float[] {100})))),
    NORMALISED_SOFTMAX(
        (graph, scores) ->
            graph.node("LpNormalization", List.of(graph.node("Softmax", List.of(scores))))),
    SHARES_OF_A_SOFTMAX((graph, scores) -> shares(graph, graph.node("Softmax", List.of(scores)))),
    DIVIDED_BY_ITS_LARGEST(
        (graph, scores) -> {
          String p = graph.node("Softmax", List.of(scores));
          String largest = graph.node("ReduceMax", List.of(p, graph.longs(1)));
          return graph.node("Div", List.of(p, largest));
        }),
    /** −∞ of all classes that lose. */
    LOGARITHM(
        (graph, scores) -> graph.node("Log", List.of(graph.node("Softmax", List.of(scores))))),
    ONE_PLACE_OF_A_MAP(
        (graph, scores) ->
            graph.node(
                "Softmax",
                List.of(graph.node("Reshape", List.of(scores, graph.longs(-1, 1, 1, CLASSES)))))),
    MEAN_OF_TWO_SOFTMAXES(
        (graph, scores) ->
            graph.node(
                "Mean",
                List.of(
                    graph.node("Softmax", List.of(scores)),
                    graph.node("Softmax", List.of(scores)))));

    private final BiFunction<TestGraph, String, String> nodes;

    Tail(BiFunction<TestGraph, String, String> nodes) {
      this.nodes = nodes;
    }
  }

  /** As the Normalizer behind scikit-learn's LogisticRegression is written. */
  private static String shares(TestGraph graph, String probabilities) {
    String size = graph.node("ReduceL1", List.of(probabilities, graph.longs(1)));
    String isZero = graph.node("Equal", List.of(size, graph.floats(new float[] {0})));
    String divisor = graph.node("Where", List.of(isZero, graph.floats(new float[] {1}), size));
    return graph.node("Div", List.of(probabilities, divisor));
  }

  private static OnnxModel generator() {
    SplittableRandom random = new SplittableRandom(1);
    TestGraph graph = new TestGraph(LATENT);
    String w = graph.gaussian(random, LATENT, PIXELS);
    return graph.model("images", graph.node("Tanh", List.of(graph.node("MatMul", List.of(X, w)))));
  }

  private static OnnxModel classifier(BiFunction<TestGraph, String, String> tail, float sharpness) {
    TestGraph graph = new TestGraph(PIXELS);
    String scores = scores(graph, X);
    String sharp = graph.node("Mul", List.of(scores, graph.floats(new float[] {sharpness})));
    return graph.model("equivalent", tail.apply(graph, sharp));
  }

  private static OnnxModel network(Function<TestGraph, String> front) {
    TestGraph graph = new TestGraph(PIXELS);
    return graph.model("equivalent", scores(graph, front.apply(graph)));
  }

  private static String scores(TestGraph graph, String pixels) {
    SplittableRandom random = new SplittableRandom(2);
    String weighed = graph.node("MatMul", List.of(pixels, graph.gaussian(random, PIXELS, 16)));
    String hidden = graph.node("Relu", List.of(weighed));
    return graph.node("MatMul", List.of(hidden, graph.gaussian(random, 16, CLASSES)));
  }

  private static AttackedBatch attack(OnnxModel generator, OnnxModel model, LatentBatch latents) {
    return attack(generator, model, latents, AttackPlan.standard());
  }

  private static AttackedBatch attack(
      OnnxModel generator, OnnxModel model, LatentBatch latents, AttackPlan plan) {
    try (GeneratorModel g = GeneratorModel.open(generator, ENGINE);
        AttackTarget target =
            AttackTarget.open(g, ClassifierModel.of(model, ModelOptions.NONE, ENGINE), ENGINE)) {
      return target.search(latents, plan);
    }
  }

  @ParameterizedTest
  @EnumSource
  void distancesAreThoseOfTheScores(Tail tail) {
    List<SampleResult> plain =
        attack(generator(), classifier((graph, scores) -> scores, 5), LATENTS).results();
    List<SampleResult> behind = attack(generator(), classifier(tail.nodes, 5), LATENTS).results();

    for (int i = 0; i < plain.size(); i++) {
      assertThat(behind.get(i).label()).isEqualTo(plain.get(i).label());
      for (Space space : Space.values()) {
        double expected = distance(plain.get(i), space);
        assertThat(distance(behind.get(i), space)).isCloseTo(expected, within(1e-3 * expected));
      }
    }
  }

  /**
   * Behind Clip, on images of which many pixels lie at its bounds: the same distances as within a
   * pixel range, whether that is declared or not.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void distancesBehindClipAreThoseWithinItsRange(boolean declared) {
    PixelRange range = new PixelRange(0, 1);
    SplittableRandom random = new SplittableRandom(1);
    TestGraph images = new TestGraph(LATENT);
    String w = images.gaussian(random, LATENT, PIXELS);
    OnnxModel clamped = images.model("images", clip(images, images.node("MatMul", List.of(X, w))));
    LatentBatch latents = Latents.gaussian(5, 24, LATENT);
    List<SampleResult> plain = attack(clamped, network(graph -> X), latents, plan(range)).results();
    List<SampleResult> behind =
        attack(clamped, network(graph -> clip(graph, X)), latents, plan(declared ? range : null))
            .results();

    for (int i = 0; i < plain.size(); i++) {
      double expected = distance(plain.get(i), Space.UNCONSTRAINED);
      assertThat(distance(behind.get(i), Space.UNCONSTRAINED))
          .isCloseTo(expected, within(1e-3 * expected));
    }
  }

  private static AttackPlan plan(PixelRange range) {
    return new AttackPlan(
        List.of(Space.UNCONSTRAINED), AttackPlan.standard().algorithm(), null, range);
  }

  private static String clip(TestGraph graph, String x) {
    return graph.node(
        "Clip", List.of(x, graph.floats(new float[] {0}), graph.floats(new float[] {1})));
  }

  private static double distance(SampleResult sample, Space space) {
    assertThat(sample.spaces().get(space)).isInstanceOf(Outcome.Found.class);
    return ((Outcome.Found) sample.spaces().get(space)).distance();
  }

  /** A softmax along the batch: its answers depend on which images are asked for together. */
  @Test
  void aClassifierThatMixesTheImagesOfABatchIsRefused() {
    OnnxModel mixing =
        classifier(
            (graph, scores) -> {
              String exponentials = graph.node("Exp", List.of(scores));
              String sum = graph.node("ReduceSum", List.of(exponentials, graph.longs(0)));
              return graph.node("Div", List.of(exponentials, sum));
            },
            1);

    assertThatThrownBy(() -> attack(generator(), mixing, LATENTS))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("equivalent");
  }

  @Test
  void whereAllProbabilitiesRoundToOneTheSampleIsSaturated() {
    BiFunction<TestGraph, String, String> certain =
        (graph, scores) ->
            graph.node(
                "Sigmoid",
                List.of(graph.node("Add", List.of(scores, graph.floats(new float[] {1000})))));
    List<SampleResult> samples = attack(generator(), classifier(certain, 1), LATENTS).results();

    for (SampleResult sample : samples) {
      assertThat(sample.spaces().values())
          .allSatisfy(
              outcome -> assertThat(((Outcome.Failed) outcome).reason()).startsWith("saturated"));
    }
  }

  /** Class 1 wins where x₀ &gt; 1.5; where x₀ ≤ 1 its score is flat. */
  @Test
  void whereNoGradientShowsAWayAnotherSampleDoes() {
    TestGraph graph = new TestGraph(2);
    String first = graph.node("MatMul", List.of(X, graph.floats(new float[] {1, 0}, 2, 1)));
    String above =
        graph.node(
            "Relu", List.of(graph.node("Sub", List.of(first, graph.floats(new float[] {1})))));
    String both = graph.node("MatMul", List.of(above, graph.floats(new float[] {0, 1}, 1, 2)));
    OnnxModel model =
        graph.model(
            "step", graph.node("Add", List.of(both, graph.floats(new float[] {0.5f, 0}, 2))));
    OnnxModel same = TestGraph.linear("images", new float[][] {{1, 0}, {0, 1}});
    LatentBatch latents = new LatentBatch(0, 2, new float[] {0, 0.3f, 3, 0.4f});

    SampleResult flat = attack(same, model, latents).results().get(0);
    assertThat(distance(flat, Space.LATENT)).isCloseTo(1.5, within(1e-3));
    assertThat(distance(flat, Space.UNCONSTRAINED)).isCloseTo(1.5, within(1e-3));
  }

  /** Class 1 wins where x₀ &gt; 2, by a step: the way to the other sample is no minimum. */
  @Test
  void aBoundaryWithoutAGradientIsNotFound() {
    TestGraph graph = new TestGraph(2);
    String first = graph.node("MatMul", List.of(X, graph.floats(new float[] {1, 0}, 2, 1)));
    String beyond = graph.node("Sub", List.of(first, graph.floats(new float[] {2})));
    String steep = graph.node("Mul", List.of(beyond, graph.floats(new float[] {1e6f})));
    String step =
        graph.node(
            "Clip", List.of(steep, graph.floats(new float[] {0}), graph.floats(new float[] {1})));
    String both = graph.node("MatMul", List.of(step, graph.floats(new float[] {0, 1}, 1, 2)));
    OnnxModel model =
        graph.model(
            "step", graph.node("Add", List.of(both, graph.floats(new float[] {0.5f, 0}, 2))));
    OnnxModel same = TestGraph.linear("images", new float[][] {{1, 0}, {0, 1}});
    LatentBatch latents = new LatentBatch(0, 2, new float[] {0, 0, 3, 4});

    for (Outcome outcome : attack(same, model, latents).results().get(0).spaces().values()) {
      boolean minimal =
          outcome instanceof Outcome.Found found && Math.abs(found.distance() - 2) < 1e-2;
      assertThat(minimal || outcome instanceof Outcome.NotFound).isTrue();
    }
  }

  @Test
  void aLabelThatHardlyDependsOnTheImageIsSuspicious() {
    TestGraph graph = new TestGraph(PIXELS);
    SplittableRandom random = new SplittableRandom(4);
    String scores = graph.node("MatMul", List.of(X, graph.gaussian(random, PIXELS, 3)));
    String biased = graph.node("Add", List.of(scores, graph.floats(new float[] {0, 0, 1000}, 3)));
    AttackedBatch batch = attack(generator(), graph.model("biased", biased), LATENTS);

    assertThat(batch.suspicions())
        .extracting(Suspicion::kind)
        .contains(Suspicion.Kind.IMPLAUSIBLE_DISTANCE);
    assertThat(batch.suspicions().get(0).sentence()).contains("biased", "any other sample");
  }

  /** Softmax rounds to the same 0, 0, 1 for all images, though the scores before it differ. */
  @Test
  void anAnswerThatIsCertainOfOneLabelIsNotCalledConstant() {
    TestGraph graph = new TestGraph(PIXELS);
    SplittableRandom random = new SplittableRandom(4);
    String scores = graph.node("MatMul", List.of(X, graph.gaussian(random, PIXELS, 3)));
    String biased = graph.node("Add", List.of(scores, graph.floats(new float[] {0, 0, 1000}, 3)));
    OnnxModel certain = graph.model("certain", graph.node("Softmax", List.of(biased)));

    assertThat(attack(generator(), certain, LATENTS).suspicions())
        .extracting(Suspicion::kind)
        .doesNotContain(Suspicion.Kind.CONSTANT_SCORES);
  }

  @Test
  void scoresThatDoNotDependOnTheImageAreSuspicious() {
    TestGraph graph = new TestGraph(PIXELS);
    String none = graph.node("Mul", List.of(X, graph.floats(new float[] {0})));
    String scores =
        graph.node(
            "Add",
            List.of(
                graph.node("MatMul", List.of(none, graph.floats(new float[2 * PIXELS], PIXELS, 2))),
                graph.floats(new float[] {1, 2}, 2)));
    AttackedBatch batch = attack(generator(), graph.model("deaf", scores), LATENTS);

    assertThat(batch.suspicions())
        .extracting(Suspicion::kind)
        .contains(Suspicion.Kind.CONSTANT_SCORES);
  }

  @Test
  void nothingIsSuspiciousAboutAClassifierThatWorks() {
    assertThat(attack(generator(), classifier((graph, scores) -> scores, 1), LATENTS).suspicions())
        .isEmpty();
  }
}
