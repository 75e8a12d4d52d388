package org.robustnessgap.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.robustnessgap.onnx.Refusals.assertRefused;
import static org.robustnessgap.onnx.TestGraph.X;

import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.onnx.adjoint.AdjointRules;
import org.robustnessgap.onnx.adjoint.Differentiator;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.OnnxModel;

/** Every rule against central differences, on random shapes and attributes. */
class AdjointRulesTest {
  private static final int CASES = 20;

  private final Engine engine = new OnnxRuntimeEngine(1);

  static Set<String> operators() {
    return new TreeSet<>(OperatorCases.MAKERS.keySet());
  }

  @Test
  void everyOperatorHasCases() {
    assertThat(operators()).isEqualTo(new TreeSet<>(AdjointRules.operators()));
  }

  @ParameterizedTest
  @MethodSource("operators")
  void agreesWithCentralDifferences(String operator) {
    GradientCheck gradients = new GradientCheck(engine);
    List<OperatorCases.Maker> makers = OperatorCases.MAKERS.get(operator);
    double largest = 0;
    for (int seed = 0; seed < CASES * makers.size(); seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      OperatorCases.Case drawn = makers.get(seed % makers.size()).make(random);
      assertThat(drawn.model().nodes()).anyMatch(node -> node.getOpType().equals(operator));

      String what = operator + ", seed " + seed + ", input " + drawn.model().input().shape();
      largest = Math.max(largest, gradients.check(what, drawn.model(), drawn.points(), random));
    }
    assertThat(largest).isGreaterThan(0.1);
  }

  @Test
  void aValueReadThreeTimesGetsTheSumOfItsGradients() {
    TestGraph graph = new TestGraph(1);
    String square = graph.node("Mul", List.of(X, X));
    OnnxModel model = graph.model("x-squared-plus-x", graph.node("Add", List.of(square, X)));

    assertThat(gradient(model, 3)).containsExactly(7);
  }

  @Test
  void normalizedZero() {
    TestGraph graph = new TestGraph(2);
    OnnxModel model = graph.model("norm", graph.node("LpNormalization", List.of(X)));

    assertThat(gradient(model, 0, 0)).containsExactly(0, 0);
  }

  @Test
  void leakyReluAtZeroHasItsNegativeSlope() {
    TestGraph graph = new TestGraph(1);
    OnnxModel model = graph.model("leaky", graph.node("LeakyRelu", List.of(X)));
    assertThat(gradient(model, 0)).containsExactly(0.01f);
  }

  @Test
  void tiedMaximaGiveTheirGradientToTheFirst() {
    TestGraph graph = new TestGraph(1, 4);
    String y = graph.node("MaxPool", List.of(X), Attributes.of("kernel_shape", new long[] {4}));

    assertThat(gradient(graph.model("max", y), 1, 2, 2, 2)).containsExactly(0, 1, 0, 0);

    TestGraph tiles = new TestGraph(1, 2, 4);
    long[] square = {2, 2};
    String z =
        tiles.node(
            "MaxPool",
            List.of(X),
            Attributes.of("kernel_shape", square),
            Attributes.of("strides", square));
    assertThat(gradient(tiles.model("max", z), 0, 0, 1, 2, 0, 0, 2, 2))
        .containsExactly(1, 0, 0, 1, 0, 0, 0, 0);
  }

  @Test
  void equalExtremesShareTheGradient() {
    TestGraph reduced = new TestGraph(4);
    OnnxModel max = reduced.model("max", reduced.node("ReduceMax", List.of(X, reduced.longs(1))));
    assertThat(gradient(max, 1, 2, 2, 0)).containsExactly(0, 0.5f, 0.5f, 0);

    TestGraph pooled = new TestGraph(1, 4);
    OnnxModel pool = pooled.model("pool", pooled.node("GlobalMaxPool", List.of(X)));
    assertThat(gradient(pool, 2, 2, 1, 2)).containsExactly(1 / 3f, 1 / 3f, 0, 1 / 3f);
  }

  @Test
  void theNormOfNothingIsFlat() {
    TestGraph norm = new TestGraph(2);
    OnnxModel length = norm.model("norm", norm.node("ReduceL2", List.of(X, norm.longs(1))));
    assertThat(gradient(length, 0, 0)).containsExactly(0, 0);
  }

  /** A vector that depends on the image, as either factor. */
  @Test
  void productOfVectors() {
    TestGraph dot = new TestGraph(2);
    String vector = dot.node("Gather", List.of(X, dot.longScalar(0)));
    String square = dot.node("MatMul", List.of(vector, vector));
    String kept = dot.node("Reshape", List.of(square, dot.longs(1, 1)));
    assertThat(gradient(dot.model("dot", kept), 3, 4)).containsExactly(6, 8);

    TestGraph rows = new TestGraph(2);
    String row = rows.node("Gather", List.of(X, rows.longScalar(0)));
    String matrices = rows.floats(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 2, 2, 2);
    String products = rows.node("MatMul", List.of(row, matrices));
    assertThat(gradient(rows.model("rows", products), 1, 1)).containsExactly(14, 22);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ReduceL1",
        "ReduceL2",
        "ReduceLogSum",
        "ReduceLogSumExp",
        "ReduceMax",
        "ReduceMean",
        "ReduceMin",
        "ReduceSum",
        "ReduceSumSquare"
      })
  void aReductionOfTheBatchIsRefused(String operator) {
    for (boolean empty : new boolean[] {false, true}) {
      TestGraph all = new TestGraph(2);
      String total = all.node(operator, empty ? List.of(X, all.longs()) : List.of(X));
      OnnxModel mixing = all.model("mixing", all.node("Add", List.of(X, total)));
      assertRefused(
          () -> Differentiator.differentiate(mixing, engine), "mixing", total, "states no axes");
    }
    TestGraph first = new TestGraph(2);
    String sum = first.node(operator, List.of(X, first.longs(-2)));
    OnnxModel rows = first.model("rows", first.node("Add", List.of(X, sum)));
    assertRefused(() -> Differentiator.differentiate(rows, engine), "rows", sum, "the batch");
  }

  /** As attention is exported that replaces what is no number, here throughout the first row. */
  @Test
  void aSoftmaxOfNothingHasNoGradientWhereItIsReplaced() {
    TestGraph graph = new TestGraph(2, 2);
    float none = Float.NEGATIVE_INFINITY;
    String mask = graph.floats(new float[] {none, none, 0, 0}, 2, 2);
    String softmax = graph.node("Softmax", List.of(graph.node("Add", List.of(X, mask))));
    String same = graph.node("Cast", List.of(softmax), Attributes.of("to", 1L));
    String lost = graph.node("IsNaN", List.of(same));
    String y = graph.node("Where", List.of(lost, graph.number(0), same));
    String first = graph.node("Mul", List.of(y, graph.floats(new float[] {1, 0}, 2)));

    assertThat(gradient(graph.model("masked", first), 1, 2, 3, 3))
        .containsExactly(0, 0, 0.25f, -0.25f);
  }

  /** Keys that do not count get no gradient, and no rule says which those are. */
  @Test
  void attentionToSomeKeysIsRefused() {
    TestGraph graph = new TestGraph(1, 3, 2).opset(24);
    String counts = graph.longs(2);
    String y = graph.node("Attention", List.of(X, X, X, "", "", "", counts));
    OnnxModel model = graph.model("decoder", y);

    assertRefused(
        () -> Differentiator.differentiate(model, engine), "decoder", y, "nonpad_kv_seqlen");
  }

  /** Weights behind nodes that read no image are constants, also where a rule needs one. */
  @Test
  void weightsBehindOtherNodes() {
    TestGraph graph = new TestGraph(1, 2);
    String swapped = graph.floats(new float[] {2, 3}, 2, 1, 1);
    String weights =
        graph.node(
            "Identity",
            List.of(
                graph.node(
                    "Transpose", List.of(swapped), Attributes.of("perm", new long[] {1, 2, 0}))));
    OnnxModel model = graph.model("folded", graph.node("Conv", List.of(X, weights)));

    assertThat(gradient(model, 0, 0)).containsExactly(2, 3);
  }

  /** The gradient of the sum of the outputs. */
  private float[] gradient(OnnxModel model, float... x) {
    long[] shape = model.input().shape().stream().mapToLong(Long::longValue).toArray();
    shape[0] = 1;
    try (Executable forward = engine.load(model);
        Executable gradient = engine.load(Differentiator.differentiate(model, engine))) {
      Tensor y = forward.run(new Tensor(x, shape)).get(0);
      float[] ones = new float[y.values().length];
      java.util.Arrays.fill(ones, 1);
      return gradient.run(new Tensor(x, shape), new Tensor(ones, y.shape())).get(1).values();
    }
  }
}
