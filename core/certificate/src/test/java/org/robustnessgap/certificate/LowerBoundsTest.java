package org.robustnessgap.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.robustnessgap.certificate.NodeAttributes.integer;
import static org.robustnessgap.certificate.NodeAttributes.ints;
import static org.robustnessgap.onnx.Refusals.assertRefused;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.attack.AttackTarget;
import org.robustnessgap.attack.Attacks;
import org.robustnessgap.attack.Classifier;
import org.robustnessgap.attack.generator.GeneratorModel;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.search.SearchResult;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.Golden;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.Space;
import org.robustnessgap.onnx.ClassifierModel;
import org.robustnessgap.onnx.TestGraph;
import org.robustnessgap.onnx.graph.OnnxModel;

class LowerBoundsTest {
  private static final Engine ENGINE = new OnnxRuntimeEngine(0);
  private static final String X = TestGraph.X;

  private static OnnxModel shipped(String name) {
    return OnnxModel.read(Golden.model(name));
  }

  private static List<LowerBound> bounds(OnnxModel classifier, Tensor images) {
    try (LowerBounds bounds = LowerBounds.open(classifier, ENGINE)) {
      return bounds.of(images);
    }
  }

  /** Certified ≤ measured, on every sample. */
  @ParameterizedTest
  @ValueSource(strings = {"mnist-mlp", "mnist-lenet"})
  void nothingIsFoundNearerThanCertified(String name) {
    SplittableRandom random = new SplittableRandom(71);
    float[] z = new float[24 * 100];
    for (int i = 0; i < z.length; i++) {
      z[i] = (float) random.nextGaussian();
    }
    List<SampleResult> measured;
    Tensor images;
    try (GeneratorModel generator = GeneratorModel.open(shipped("mnist-dcgan"), ENGINE);
        AttackTarget target = AttackTarget.open(generator, shipped(name), ENGINE);
        Executable forward = ENGINE.load(shipped("mnist-dcgan"))) {
      measured =
          target.attack(
              new LatentBatch(0, 100, z),
              AttackPlan.of(List.of(Space.UNCONSTRAINED), AttackPlan.standard().algorithm()));
      images = forward.run(new Tensor(z, new long[] {24, 100})).get(0);
    }
    List<LowerBound> bounds = bounds(shipped(name), images);
    for (int i = 0; i < measured.size(); i++) {
      Outcome outcome = measured.get(i).spaces().get(Space.UNCONSTRAINED);
      assertThat(outcome).isInstanceOf(Outcome.Found.class);
      assertThat(bounds.get(i).label()).isEqualTo(measured.get(i).label());
      assertThat(bounds.get(i).certified())
          .isPositive()
          .isLessThan(((Outcome.Found) outcome).distance());
      assertThat(bounds.get(i).peck()).as("a chain of their layers").isPositive();
    }
  }

  /** The same for residual networks with convolutions, normalisation and pooling. */
  @Test
  void nothingIsFoundNearerThanCertifiedInResidualNetworks() {
    SplittableRandom random = new SplittableRandom(73);
    for (int round = 0; round < 5; round++) {
      TestGraph graph = new TestGraph(3, 8, 8);
      String first = convolved(graph, random, X, 3);
      String inner = convolved(graph, random, graph.node("Relu", List.of(first)), 4);
      String sum = graph.node("Add", List.of(first, inner));
      String pooled =
          graph.node("MaxPool", List.of(sum), ints("kernel_shape", 3, 3), ints("strides", 2, 2));
      String means =
          graph.node("Flatten", List.of(graph.node("GlobalAveragePool", List.of(pooled))));
      OnnxModel model =
          graph.model("residual", graph.node("Gemm", List.of(means, graph.gaussian(random, 4, 5))));
      float[] images = new float[10 * 192];
      for (int i = 0; i < images.length; i++) {
        images[i] = (float) random.nextGaussian();
      }
      List<LowerBound> bounds = bounds(model, new Tensor(images, new long[] {10, 3, 8, 8}));
      Rows rows = new Rows(images, 192);
      float[][] each = IntStream.range(0, 10).mapToObj(rows::row).toArray(float[][]::new);
      try (Classifier classifier = Classifier.open(ClassifierModel.ofScores(model), ENGINE)) {
        List<SearchResult> found = Attacks.boundaryDescent().search(classifier, each).results();
        for (int i = 0; i < 10; i++) {
          double distance = found.get(i).distanceIfKnown().orElseThrow();
          assertThat(bounds.get(i).certified()).isPositive().isLessThan(distance);
        }
      }
    }
  }

  private static String convolved(
      TestGraph graph, SplittableRandom random, String input, int channels) {
    String convolved =
        graph.node(
            "Conv",
            List.of(input, graph.gaussian(random, 4, channels, 3, 3)),
            ints("pads", 1, 1, 1, 1));
    return graph.node(
        "BatchNormalization",
        List.of(
            convolved,
            graph.gaussian(random, 4),
            graph.gaussian(random, 4),
            graph.gaussian(random, 4),
            graph.uniform(random, 0.5, 2, 4)));
  }

  /** The last layer alone: the distance to the nearest of two hyperplanes, 2/√2 and 3/2. */
  @Test
  void isExactForALinearClassifier() {
    TestGraph graph = new TestGraph(2);
    String weights = graph.floats(new float[] {1, 0, 0, 1, -1, 0}, 3, 2);
    String logits = graph.node("Gemm", List.of(X, weights), transposed());
    LowerBound bound =
        bounds(
                graph.model("linear", logits),
                new Tensor(new float[] {1.5f, -0.5f}, new long[] {1, 2}))
            .get(0);
    assertThat(bound.label()).isZero();
    assertThat(bound.certified()).isCloseTo(2 / Math.sqrt(2), Percentage.withPercentage(0.01));
    assertThat(bound.peck()).isCloseTo(2 / Math.sqrt(2), within(1e-7));
  }

  /**
   * 5 × 5 ones on 28 × 28: a constant image of norm 28/600 changes the label, but κ/‖W‖_F = 1/5 is
   * printed as a lower bound. What is certified stays below the truth.
   */
  @Test
  void thePrintedBoundOfAConvolutionIsViolated() {
    TestGraph graph = new TestGraph(1, 28, 28);
    float[] ones = new float[25];
    Arrays.fill(ones, 1);
    String convolved = graph.node("Conv", List.of(X, graph.floats(ones, 1, 1, 5, 5)));
    String flat = graph.node("Flatten", List.of(convolved));
    float[] opposite = new float[2 * 576];
    Arrays.fill(opposite, 0, 576, 1f / 24);
    Arrays.fill(opposite, 576, 2 * 576, -1f / 24);
    String logits =
        graph.node(
            "Gemm",
            List.of(flat, graph.floats(opposite, 2, 576), graph.floats(new float[] {1, -1}, 2)),
            transposed());
    OnnxModel model = graph.model("ones", logits);

    float[] perturbed = new float[784];
    Arrays.fill(perturbed, -1.001f / 600);
    double norm = 28 * 1.001 / 600;
    long[] shape = {1, 1, 28, 28};
    LowerBound bound = bounds(model, new Tensor(new float[784], shape)).get(0);
    assertThat(bound.label()).isZero();
    assertThat(bounds(model, new Tensor(perturbed, shape)).get(0).label()).isEqualTo(1);

    assertThat(bound.peck()).isCloseTo(0.2, within(1e-6)).isGreaterThan(norm);
    assertThat(bound.certified()).isBetween(norm * 0.8, norm);
  }

  /** κ = |logit difference|/‖w₁ − w₀‖, then theorem 4.1 with M of tanh by hand. */
  @Test
  void theoremOfFullyConnectedLayersAsPrinted() {
    TestGraph graph = new TestGraph(1);
    String hidden =
        graph.node(
            "Tanh", List.of(graph.node("Gemm", List.of(X, graph.floats(new float[] {2}, 1, 1)))));
    String logits = graph.node("Gemm", List.of(hidden, graph.floats(new float[] {3, -3}, 1, 2)));
    LowerBound bound =
        bounds(graph.model("tanh", logits), new Tensor(new float[] {0.25f}, new long[] {1, 1}))
            .get(0);
    double kappa = Math.tanh(0.5);
    double jacobian = 2 * (1 - kappa * kappa);
    double m = 4 * 4 / (3 * Math.sqrt(3));
    assertThat(bound.peck())
        .isCloseTo((Math.sqrt(jacobian * jacobian + 2 * m * kappa) - jacobian) / m, within(1e-6));
    // The label changes at 0, and tanh is 1-Lipschitz.
    assertThat(bound.certified()).isCloseTo(kappa / 2, within(1e-5)).isLessThan(0.25);
  }

  @Test
  void poolingDividesByTheSideOfItsOutput() {
    TestGraph graph = new TestGraph(1, 6, 6);
    String pooled =
        graph.node("MaxPool", List.of(X), ints("kernel_shape", 2, 2), ints("strides", 2, 2));
    String flat = graph.node("Flatten", List.of(pooled));
    float[] weights = new float[18];
    weights[0] = 1;
    weights[9] = -1;
    String logits = graph.node("Gemm", List.of(flat, graph.floats(weights, 2, 9)), transposed());
    float[] image = new float[36];
    image[7] = 4;
    LowerBound bound =
        bounds(graph.model("pool", logits), new Tensor(image, new long[] {1, 1, 6, 6})).get(0);
    assertThat(bound.peck()).isCloseTo(4.0 / 3, within(1e-6));
    assertThat(bound.certified()).isCloseTo(4, within(1e-3));
  }

  @Test
  void whatIsNoChainHasACertificateOnly() {
    TestGraph graph = new TestGraph(4);
    SplittableRandom random = new SplittableRandom(72);
    String hidden =
        graph.node("Relu", List.of(graph.node("Gemm", List.of(X, graph.gaussian(random, 4, 4)))));
    String residual = graph.node("Add", List.of(X, hidden));
    String logits = graph.node("Gemm", List.of(residual, graph.gaussian(random, 4, 3)));
    LowerBound bound =
        bounds(
                graph.model("residual", logits),
                new Tensor(new float[] {1, 2, 3, 4}, new long[] {1, 4}))
            .get(0);
    assertThat(bound.certified()).isPositive();
    assertThat(bound.peck()).isNull();
  }

  @Test
  void logitsThatAreNotFiniteHaveNoBound() {
    TestGraph graph = new TestGraph(2);
    String logits = graph.node("Gemm", List.of(X, graph.floats(new float[] {1, 0, 0, 1}, 2, 2)));
    LowerBound bound =
        bounds(
                graph.model("linear", logits),
                new Tensor(new float[] {Float.NaN, 1}, new long[] {1, 2}))
            .get(0);
    assertThat(bound).isEqualTo(new LowerBound(-1, 0, null));
  }

  @Test
  void aModelWithoutAConstantIsRefused() {
    TestGraph graph = new TestGraph(4);
    OnnxModel model = graph.model("square", graph.node("Mul", List.of(X, X)));
    assertRefused(() -> LowerBounds.open(model, ENGINE), "square has no certified bound");
  }

  private static AttributeProto transposed() {
    return integer("transB", 1);
  }
}
