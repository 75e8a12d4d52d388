package org.robustnessgap.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.robustnessgap.onnx.TestGraph.FLOAT;
import static org.robustnessgap.onnx.TestGraph.X;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.robustnessgap.engine.Device;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.EngineSettings;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.onnx.adjoint.Differentiator;
import org.robustnessgap.onnx.batch.OpenBatch;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.Operator;
import org.robustnessgap.onnx.graph.OperatorSets;
import org.robustnessgap.onnx.lowering.Lowering;
import org.robustnessgap.onnx.lowering.LoweringRules;

/** What an operator is rewritten into computes what the runtime's own operator does. */
class LoweringTest {
  private static final int CASES = 20;
  private static final int CASES_ON_ND4J = 3;
  private static final int ROWS = 3;
  private static final double ROUNDING = 1e-5;

  private final Engine engine = new OnnxRuntimeEngine(1);

  static Set<String> operators() {
    return new TreeSet<>(LoweringCases.MAKERS.keySet());
  }

  @Test
  void everyOperatorHasCases() {
    assertThat(operators())
        .isEqualTo(
            LoweringRules.operators().stream().map(Operator::toString).collect(Collectors.toSet()));
  }

  private OnnxModel lowered(OnnxModel model) {
    return Lowering.of(OperatorSets.upgrade(model), engine);
  }

  private static OperatorCases.Case drawn(String operator, int seed) {
    List<OperatorCases.Maker> makers = LoweringCases.MAKERS.get(operator);
    OperatorCases.Case drawn = makers.get(seed % makers.size()).make(new SplittableRandom(seed));
    assertThat(drawn.model().nodes())
        .anyMatch(node -> Operator.of(node).toString().equals(operator));
    return drawn;
  }

  /** What nodes of an operator compute. */
  private static List<String> outputs(String operator, OnnxModel model) {
    return model.nodes().stream()
        .filter(node -> Operator.of(node).toString().equals(operator))
        .flatMap(node -> node.getOutputList().stream())
        .toList();
  }

  @ParameterizedTest
  @MethodSource("operators")
  void computesTheSameAndAgreesWithCentralDifferences(String operator) {
    GradientCheck gradients = new GradientCheck(engine);
    double largest = 0;
    for (int seed = 0; seed < CASES * LoweringCases.MAKERS.get(operator).size(); seed++) {
      OperatorCases.Case drawn = drawn(operator, seed);
      OnnxModel lowered = lowered(drawn.model());
      assertThat(outputs(operator, lowered))
          .doesNotContainAnyElementsOf(outputs(operator, drawn.model()));
      String what = operator + ", seed " + seed + ", input " + drawn.model().input().shape();
      SplittableRandom random = new SplittableRandom(seed);
      Tensor x = input(drawn, ROWS, random);
      assertClose(what, output(engine, lowered, x), output(engine, drawn.model(), x));
      largest = Math.max(largest, gradients.check(what, lowered, drawn.points(), random));
    }
    assertThat(largest).isGreaterThan(0.1);
  }

  @ParameterizedTest
  @MethodSource("operators")
  void runsOnTheOtherEngine(String operator) {
    try (Engine nd4j =
        new EngineSettings("nd4j", Device.CPU, 1, EngineSettings.ALL_MEMORY).open()) {
      for (int seed = 0; seed < CASES_ON_ND4J * LoweringCases.MAKERS.get(operator).size(); seed++) {
        OperatorCases.Case drawn = drawn(operator, seed);
        OnnxModel gradient = Differentiator.differentiate(lowered(drawn.model()), engine);
        Tensor x = input(drawn, ROWS, new SplittableRandom(seed));
        Tensor y = output(engine, drawn.model(), x);
        Tensor v =
            new Tensor(Points.gaussian(new SplittableRandom(seed), y.values().length), y.shape());
        try (Executable first = engine.load(gradient);
            Executable second = nd4j.load(gradient)) {
          List<Tensor> expected = first.run(x, v);
          List<Tensor> actual = second.run(x, v);
          assertClose(operator + ": output", actual.get(0), expected.get(0));
          assertClose(operator + ": gradient", actual.get(1), expected.get(1));
        }
      }
    }
  }

  /** As exporters write it that trace an example. */
  @ParameterizedTest
  @MethodSource("operators")
  void aFixedBatchIsOpened(String operator) {
    for (int seed = 0; seed < LoweringCases.MAKERS.get(operator).size(); seed++) {
      OperatorCases.Case drawn = drawn(operator, seed);
      List<Long> shape = new ArrayList<>(drawn.model().input().shape());
      shape.set(0, 1L);
      OnnxModel fixed = drawn.model().withInput(new OnnxModel.Value(X, FLOAT, shape));
      OnnxModel opened = OpenBatch.of(lowered(fixed), engine);
      Tensor x = input(drawn, ROWS, new SplittableRandom(seed));
      assertClose(operator, output(engine, opened, x), output(engine, drawn.model(), x));
    }
  }

  @Test
  void aModelWithoutSuchOperatorsIsNotEvenRun() {
    TestGraph graph = new TestGraph(2);
    OnnxModel model = graph.model("plain", graph.node("Relu", List.of(X)));

    assertThat(Lowering.of(model, null)).isSameAs(model);
  }

  /** What is computed once needs no gradient. */
  @Test
  void aNodeThatReadsNoImageStays() {
    TestGraph graph = new TestGraph(2, 1, 1);
    String c = graph.floats(new float[] {1, 2, 3}, 1, 1, 1, 3);
    String scale = graph.node("MeanVarianceNormalization", List.of(c));
    OnnxModel model = graph.model("constant", graph.node("Mul", List.of(X, scale)));

    assertThat(Lowering.of(model, null)).isSameAs(model);
  }

  private static Tensor input(OperatorCases.Case drawn, int rows, SplittableRandom random) {
    long[] shape = drawn.model().input().shape().stream().mapToLong(Long::longValue).toArray();
    shape[0] = rows;
    return new Tensor(drawn.points().draw(random, TestGraph.size(shape)), shape);
  }

  private static Tensor output(Engine engine, OnnxModel model, Tensor x) {
    try (Executable loaded = engine.load(model)) {
      return loaded.run(x).get(0);
    }
  }

  private static void assertClose(String what, Tensor actual, Tensor expected) {
    assertThat(actual.shape()).as(what).isEqualTo(expected.shape());
    double scale = 0;
    for (float value : expected.values()) {
      scale = Math.max(scale, Math.abs(value));
    }
    for (int i = 0; i < expected.values().length; i++) {
      assertThat((double) actual.values()[i])
          .as("%s, component %d", what, i)
          .isCloseTo(expected.values()[i], within(ROUNDING * Math.max(1, scale)));
    }
  }
}
