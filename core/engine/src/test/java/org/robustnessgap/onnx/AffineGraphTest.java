package org.robustnessgap.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.robustnessgap.onnx.TestGraph.X;

import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.onnx.graph.AffineGraph;
import org.robustnessgap.onnx.graph.OnnxModel;

class AffineGraphTest {
  private static final int CASES = 12;

  private final SplittableRandom random = new SplittableRandom(3);

  /** f((x + x′)/2) = (f(x) + f(x′))/2 wherever a model around any operator is called affine. */
  @Test
  void whatIsCalledAffineIs() {
    Set<String> called = new TreeSet<>();
    try (Engine engine = new OnnxRuntimeEngine(1)) {
      OperatorCases.MAKERS.forEach(
          (operator, makers) -> {
            for (int seed = 0; seed < CASES * makers.size(); seed++) {
              SplittableRandom drawing = new SplittableRandom(seed);
              OnnxModel model = makers.get(seed % makers.size()).make(drawing).model();
              if (AffineGraph.isAffine(model)) {
                called.add(operator);
                assertMidpoint(operator + ", seed " + seed, model, engine);
              }
            }
          });
    }
    assertThat(called)
        .contains("Add", "BatchNormalization", "Conv", "Gemm", "MatMul", "Mul", "Reshape", "Resize")
        .doesNotContain("Abs", "Clip", "Dropout", "LeakyRelu", "MaxPool", "Sigmoid", "Softmax");
  }

  private void assertMidpoint(String what, OnnxModel model, Engine engine) {
    long[] shape = model.input().statedShape().stream().mapToLong(d -> d < 0 ? 1 : d).toArray();
    float[] x = Points.gaussian(random, TestGraph.size(shape));
    float[] other = Points.gaussian(random, TestGraph.size(shape));
    float[] middle = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      middle[i] = (x[i] + other[i]) / 2;
    }
    try (Executable f = engine.load(model)) {
      float[] one = f.run(new Tensor(x, shape.clone())).get(0).values();
      float[] two = f.run(new Tensor(other, shape.clone())).get(0).values();
      float[] between = f.run(new Tensor(middle, shape.clone())).get(0).values();
      for (int i = 0; i < one.length; i++) {
        double size = 1 + Math.abs(one[i]) + Math.abs(two[i]);
        assertThat((double) between[i])
            .as(what)
            .isCloseTo((one[i] + two[i]) / 2.0, within(1e-4 * size));
      }
    }
  }

  private static boolean isAffine(Function<TestGraph, String> written) {
    TestGraph graph = new TestGraph(3);
    return AffineGraph.isAffine(graph.model("f", written.apply(graph)));
  }

  private static String gemm(TestGraph graph, String x) {
    return graph.node("Gemm", List.of(x, graph.floats(new float[9], 3, 3)));
  }

  @Test
  void oneOperatorThatIsNotAffineIsEnough() {
    assertThat(isAffine(graph -> gemm(graph, gemm(graph, X)))).isTrue();
    for (String operator : List.of("Sigmoid", "Relu", "Tanh", "Erf", "Softplus", "Round")) {
      assertThat(isAffine(graph -> gemm(graph, graph.node(operator, List.of(gemm(graph, X))))))
          .as(operator)
          .isFalse();
    }
    assertThat(
            isAffine(
                graph -> {
                  String x = gemm(graph, X);
                  return gemm(
                      graph, graph.node("Mul", List.of(x, graph.node("Sigmoid", List.of(x)))));
                }))
        .as("SiLU")
        .isFalse();
  }

  @Test
  void aProductOfTwoThingsThatChangeIsNot() {
    assertThat(isAffine(graph -> graph.node("Mul", List.of(X, graph.number(2))))).isTrue();
    assertThat(isAffine(graph -> graph.node("Mul", List.of(X, X)))).isFalse();
    assertThat(isAffine(graph -> graph.node("Div", List.of(X, graph.number(2))))).isTrue();
    assertThat(isAffine(graph -> graph.node("Div", List.of(graph.number(2), X)))).isFalse();
    assertThat(
            isAffine(
                graph -> graph.node("MatMul", List.of(X, graph.node("Transpose", List.of(X))))))
        .isFalse();
  }

  @Test
  void whatTheOutputDoesNotReadDoesNotMatter() {
    assertThat(
            isAffine(
                graph -> {
                  graph.node("Sigmoid", List.of(X));
                  String shape = graph.node("Shape", List.of(X));
                  return graph.node("Reshape", List.of(gemm(graph, X), shape));
                }))
        .isTrue();
  }

  @Test
  void anotherDomainsOperatorsAreUnknown() {
    assertThat(
            isAffine(
                graph -> {
                  String sum = graph.node("Add", List.of(X, X));
                  graph.inDomain("com.example", 1);
                  return sum;
                }))
        .isFalse();
  }
}
