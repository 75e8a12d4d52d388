package org.robustnessgap.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.robustnessgap.onnx.TestGraph.X;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.onnx.adjoint.Differentiator;
import org.robustnessgap.onnx.graph.OnnxModel;

/** Where the gradient of a step is passed straight through, and where it is 0, as it truly is. */
class StepsTest {
  private final Engine engine = new OnnxRuntimeEngine(1);
  private final TestGraph graph = new TestGraph(1);

  /** Of a model of one number, at x. */
  private float derivative(String output, float x) {
    OnnxModel gradient = Differentiator.differentiate(graph.model("steps", output), engine);
    long[] one = {1, 1};
    try (Executable loaded = engine.load(gradient)) {
      return loaded
          .run(new Tensor(new float[] {x}, one), new Tensor(new float[] {1}, one))
          .get(1)
          .values()[0];
    }
  }

  private List<String> estimated(String output) {
    return Differentiator.of(graph.model("steps", output), engine).straightThrough();
  }

  private String scaled(String value, float factor) {
    return graph.node("Mul", List.of(value, graph.floats(new float[] {factor})));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Ceil", "Floor", "Round", "Sign"})
  void aStepThatBarsTheOnlyWayIsPassedStraightThrough(String operator) {
    String step = graph.node(operator, List.of(scaled(X, 15)));
    String output = scaled(step, 2);

    assertThat(derivative(output, 0.3f)).isEqualTo(30);
    assertThat(estimated(output)).containsExactly(step + " (" + operator + ")");
  }

  @Test
  void theFractionOfANumberHasItsTrueDerivative() {
    String output = graph.node("Sub", List.of(X, graph.node("Floor", List.of(X))));

    assertThat(derivative(output, 0.3f)).isEqualTo(1);
    assertThat(estimated(output)).isEmpty();
  }

  @Test
  void stepsInARowAreAllPassed() {
    String first = graph.node("Round", List.of(scaled(X, 4)));
    String second = graph.node("Floor", List.of(scaled(first, 0.5f)));

    assertThat(derivative(second, 0.7f)).isEqualTo(2);
    assertThat(estimated(second)).containsExactly(first + " (Round)", second + " (Floor)");
  }

  /** Behind the first step a way leads around the second. */
  @Test
  void aStepBehindAnotherStaysFlatWhereTheTrueGradientGoesAround() {
    String first = graph.node("Round", List.of(scaled(X, 4)));
    String second = graph.node("Floor", List.of(scaled(first, 0.5f)));
    String output = graph.node("Sub", List.of(scaled(first, 0.5f), second));

    assertThat(derivative(output, 0.7f)).isEqualTo(2);
    assertThat(estimated(output)).containsExactly(first + " (Round)");
  }

  @Test
  void stepsSideBySideAreAllPassed() {
    String floor = graph.node("Floor", List.of(X));
    String ceil = graph.node("Ceil", List.of(X));
    String output = graph.node("Add", List.of(floor, scaled(ceil, 3)));

    assertThat(derivative(output, 0.3f)).isEqualTo(4);
  }

  /** Of the two steps behind the first, one is bypassed. */
  @Test
  void aStepThatLeadsBackStaysFlatWhereAnotherMustBePassed() {
    String first = graph.node("Round", List.of(scaled(X, 4)));
    String turns = scaled(graph.node("Floor", List.of(scaled(first, 1 / 256f))), 256);
    String wrapped = graph.node("Sub", List.of(first, turns));
    String second = graph.node("Floor", List.of(scaled(wrapped, 0.5f)));

    assertThat(derivative(second, 0.7f)).isEqualTo(2);
    assertThat(estimated(second)).containsExactly(first + " (Round)", second + " (Floor)");
  }

  /** As exporters write truncation. */
  @ParameterizedTest
  @ValueSource(floats = {2.7f, -2.7f})
  void theSignOfATruncatedNumberIsConstant(float x) {
    String sign = graph.node("Sign", List.of(X));
    String floor = graph.node("Floor", List.of(graph.node("Abs", List.of(X))));
    String output = graph.node("Mul", List.of(sign, floor));

    assertThat(derivative(output, x)).isEqualTo(1);
    assertThat(estimated(output)).containsExactly(floor + " (Floor)");
  }
}
