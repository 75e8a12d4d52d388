package org.robustnessgap.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.robustnessgap.onnx.TestGraph.X;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.engine.Device;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.EngineSettings;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.onnx.adjoint.Differentiator;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.OnnxModel;

/** Gradients of elements that lie exactly at a bound: where a clamped pixel lies. */
class BoundRulesTest {
  private static final float UNUSED = Float.NaN;

  private Engine engine = new OnnxRuntimeEngine(1);

  /** What writes max(x, c), with the constant given, or min(x, c). */
  private static String bounded(
      TestGraph graph, String comparison, boolean keepsWhereTrue, boolean constantFirst, float c) {
    String one = graph.floats(new float[] {c});
    String same = graph.floats(new float[] {c}, 1, 1);
    String condition = graph.node(comparison, constantFirst ? List.of(one, X) : List.of(X, one));
    return graph.node(
        "Where", keepsWhereTrue ? List.of(condition, X, same) : List.of(condition, same, X));
  }

  @ParameterizedTest
  @ValueSource(strings = {"onnxruntime", "nd4j"})
  void clipPassesWhatLeadsInside(String kind) {
    try (Engine each = new EngineSettings(kind, Device.CPU, 1, EngineSettings.ALL_MEMORY).open()) {
      engine = each;
      OnnxModel both = ofClip(0, 1);
      float[] x = {-1, 0, 0.5f, 1, 2};
      assertThat(gradient(both, 3, x)).containsExactly(0, 3, 3, 0, 0);
      assertThat(gradient(both, -3, x)).containsExactly(0, 0, -3, -3, 0);

      OnnxModel low = ofClip(0, UNUSED);
      assertThat(gradient(low, 3, x)).containsExactly(0, 3, 3, 3, 3);
      assertThat(gradient(low, -3, x)).containsExactly(0, 0, -3, -3, -3);

      OnnxModel high = ofClip(UNUSED, 1);
      assertThat(gradient(high, 3, x)).containsExactly(3, 3, 3, 0, 0);
      assertThat(gradient(high, -3, x)).containsExactly(-3, -3, -3, -3, 0);

      assertThat(gradient(ofClip(UNUSED, UNUSED), 3, x)).containsExactly(3, 3, 3, 3, 3);
    }
  }

  /** The runtime then answers the upper bound throughout. */
  @Test
  void clipWithoutRoomBetweenItsBoundsIsFlat() {
    float[] x = {0, 1, 1.5f, 2, 3};
    for (float cotangent : new float[] {1, -1}) {
      assertThat(gradient(ofClip(2, 1), cotangent, x)).containsExactly(0, 0, 0, 0, 0);
      assertThat(gradient(ofClip(1, 1), cotangent, x)).containsExactly(0, 0, 0, 0, 0);
    }
  }

  @Test
  void relu6BeforeWeightsIsAClip() {
    assertThat(gradient(ofClip(0, 6), 1, 0, 6)).containsExactly(1, 0);
    assertThat(gradient(ofClip(0, 6), -1, 0, 6)).containsExactly(0, -1);
    assertThat(gradient(unary("Relu"), 1, -1, 0, 1)).containsExactly(0, 1, 1);
    assertThat(gradient(unary("Relu"), -1, -1, 0, 1)).containsExactly(0, 0, -1);
  }

  @Test
  void anActivationBehindWeightsIsFlatAtItsBounds() {
    for (float cotangent : new float[] {1, -1}) {
      assertThat(gradient(behindWeights("Clip", 0, 6), cotangent, 0, 6)).containsExactly(0, 0);
      assertThat(gradient(behindWeights("Relu"), cotangent, 0, 0)).containsExactly(0, 0);
    }
  }

  @Test
  void aClampBehindWeightsIsNoActivation() {
    assertThat(gradient(behindWeights("Clip", 0, 1), 1, 0, 1)).containsExactly(1, 0);
    assertThat(gradient(behindWeights("Clip", 0, 1), -1, 0, 1)).containsExactly(0, -1);
  }

  @Test
  void hardFunctionsBeforeWeights() {
    AttributeProto quarter = Attributes.of("alpha", 0.25f);
    assertThat(gradient(unary("HardSigmoid", quarter), 1, -3, -2, 0, 2, 3))
        .containsExactly(0, 0.25f, 0.25f, 0, 0);
    assertThat(gradient(unary("HardSigmoid", quarter), -1, -3, -2, 0, 2, 3))
        .containsExactly(0, 0, -0.25f, -0.25f, 0);
    AttributeProto falling = Attributes.of("alpha", -0.25f);
    assertThat(gradient(unary("HardSigmoid", falling), 1, -2, 2)).containsExactly(0, -0.25f);
    assertThat(gradient(unary("HardSigmoid", falling), -1, -2, 2)).containsExactly(0.25f, 0);

    assertThat(gradient(unary("HardSwish"), 1, -4, -3)).containsExactly(0, 0);
    assertThat(gradient(unary("HardSwish"), -1, -4, -3)).containsExactly(0, 0.5f);
  }

  @Test
  void maxAndMinWithAConstant() {
    assertThat(gradient(ofPair("Max", 1), 2, 0, 1, 3)).containsExactly(0, 2, 2);
    assertThat(gradient(ofPair("Max", 1), -2, 0, 1, 3)).containsExactly(0, 0, -2);
    assertThat(gradient(ofPair("Min", 1), 2, 0, 1, 3)).containsExactly(2, 0, 0);
    assertThat(gradient(ofPair("Min", 1), -2, 0, 1, 3)).containsExactly(-2, -2, 0);
  }

  @Test
  void equalOperandsThatDependOnTheImageShareTheGradient() {
    TestGraph graph = new TestGraph(4);
    String opposite = graph.node("Neg", List.of(X));
    String one = graph.floats(new float[] {1});
    String three = graph.node("Mul", List.of(X, graph.floats(new float[] {3})));
    OnnxModel two = graph.model("two", graph.node("Max", List.of(X, opposite)));
    assertThat(gradient(two, 1, -2, 0, 2, 1)).containsExactly(-1, 0, 1, 1);

    OnnxModel bounded = graph.model("bounded", graph.node("Max", List.of(X, one, three)));
    // At 0.5 only 3x counts; at 1/3 it meets the constant; below, the constant counts alone.
    assertThat(gradient(bounded, 1, 0.5f, 0, -1, 2)).containsExactly(3, 0, 0, 3);

    OnnxModel same = graph.model("same", graph.node("Max", List.of(X, X, one)));
    assertThat(gradient(same, 1, 0, 1, 2, 3)).containsExactly(0, 1, 1, 1);
    assertThat(gradient(same, -1, 0, 1, 2, 3)).containsExactly(0, 0, -1, -1);
  }

  /** Each way to write max(x, 1) has the gradient of Max at 1, and min(x, 1) that of Min. */
  @ParameterizedTest
  @ValueSource(strings = {"Greater", "GreaterOrEqual", "Less", "LessOrEqual"})
  void whereThatChoosesTheLarger(String comparison) {
    for (boolean keepsWhereTrue : new boolean[] {true, false}) {
      for (boolean constantFirst : new boolean[] {true, false}) {
        TestGraph graph = new TestGraph(3);
        String y = bounded(graph, comparison, keepsWhereTrue, constantFirst, 1);
        OnnxModel model = graph.model("where", y);
        boolean larger = comparison.startsWith("Greater") == keepsWhereTrue ^ constantFirst;
        String operator = larger ? "Max" : "Min";
        for (float cotangent : new float[] {2, -2}) {
          assertThat(gradient(model, cotangent, 0, 1, 3))
              .as("%s %s %s", comparison, keepsWhereTrue, constantFirst)
              .containsExactly(gradient(ofPair(operator, 1), cotangent, 0, 1, 3));
        }
      }
    }
  }

  @Test
  void whereByTheOppositeCondition() {
    TestGraph graph = new TestGraph(3);
    String one = graph.floats(new float[] {1});
    String copy = graph.node("Identity", List.of(X));
    String below = graph.node("Not", List.of(graph.node("Greater", List.of(copy, one))));
    OnnxModel model = graph.model("where", graph.node("Where", List.of(below, one, X)));

    assertThat(gradient(model, 2, 0, 1, 3)).containsExactly(0, 2, 2);
    assertThat(gradient(model, -2, 0, 1, 3)).containsExactly(0, 0, -2);
  }

  /** A step at 1 is no bound. */
  @Test
  void whereByAnotherNumberThanItsOperand() {
    TestGraph graph = new TestGraph(3);
    String condition = graph.node("Greater", List.of(X, graph.floats(new float[] {1})));
    String two = graph.floats(new float[] {2});
    OnnxModel model = graph.model("where", graph.node("Where", List.of(condition, X, two)));

    assertThat(gradient(model, 1, 0, 1, 3)).containsExactly(0, 0, 1);
  }

  /** Of random clamps in a row, the ascent by the gradient raises what it should. */
  @Test
  void aStepAlongTheGradientIsWorthWhatItPromises() {
    for (int seed = 0; seed < 40; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      TestGraph graph = new TestGraph(6);
      String value = X;
      for (int clamps = random.nextInt(1, 4); clamps > 0; clamps--) {
        value = clamped(graph, value, random);
      }
      String weights = graph.gaussian(random, 6, 2);
      OnnxModel model = graph.model("clamps", graph.node("MatMul", List.of(value, weights)));
      float[] x = new float[6];
      Arrays.setAll(new Float[6], i -> x[i] = random.nextInt(-2, 4) * 0.5f);
      float[] v = Points.gaussian(random, 2);
      float[] gradient = run(model, x, v).get(1).values();
      double promised = 0;
      float[] moved = x.clone();
      float step = 1 / 64f;
      for (int i = 0; i < x.length; i++) {
        // By the sign: a step in one coordinate is independent of the others.
        moved[i] += step * Math.signum(gradient[i]);
        promised += step * Math.abs(gradient[i]);
      }
      double gained = dot(v, run(model, moved, v).get(0)) - dot(v, run(model, x, v).get(0));
      assertThat(gained).as("seed %d", seed).isCloseTo(promised, within(1e-4));
    }
  }

  private static org.assertj.core.data.Offset<Double> within(double error) {
    return org.assertj.core.api.Assertions.within(error);
  }

  private static double dot(float[] v, Tensor y) {
    double sum = 0;
    for (int i = 0; i < v.length; i++) {
      sum += (double) v[i] * y.values()[i];
    }
    return sum;
  }

  private static String clamped(TestGraph graph, String value, SplittableRandom random) {
    String low = graph.floats(new float[] {random.nextInt(-2, 1) * 0.5f});
    String high = graph.floats(new float[] {random.nextInt(1, 4) * 0.5f});
    return switch (random.nextInt(4)) {
      case 0 -> graph.node("Clip", List.of(value, low, high));
      case 1 -> graph.node("Max", List.of(low, value));
      case 2 -> graph.node("Min", List.of(value, high));
      default -> graph.node("Where", List.of(graph.node("Less", List.of(value, low)), low, value));
    };
  }

  private static OnnxModel ofClip(float low, float high) {
    return of(
        graph -> {
          List<String> inputs = new ArrayList<>(List.of(X));
          for (float bound : new float[] {low, high}) {
            inputs.add(Float.isNaN(bound) ? "" : graph.floats(new float[] {bound}));
          }
          return graph.node("Clip", inputs);
        });
  }

  private static OnnxModel unary(String operator, AttributeProto... attributes) {
    return of(graph -> graph.node(operator, List.of(X), attributes));
  }

  private static OnnxModel ofPair(String operator, float constant) {
    return of(graph -> graph.node(operator, List.of(X, graph.floats(new float[] {constant}))));
  }

  /** Behind the identity as a matrix, of two elements. */
  private static OnnxModel behindWeights(String operator, float... constants) {
    return of(
        graph -> {
          String identity = graph.floats(new float[] {1, 0, 0, 1}, 2, 2);
          List<String> inputs = new ArrayList<>(List.of(graph.node("Gemm", List.of(X, identity))));
          for (float constant : constants) {
            inputs.add(graph.floats(new float[] {constant}));
          }
          return graph.node(operator, inputs);
        });
  }

  private static OnnxModel of(Function<TestGraph, String> output) {
    TestGraph graph = new TestGraph(-1);
    return graph.model("bounds", output.apply(graph));
  }

  /** With the same cotangent for every output. */
  private float[] gradient(OnnxModel model, float cotangent, float... x) {
    float[] v = new float[x.length];
    Arrays.fill(v, cotangent);
    float[] gradient = run(model, x, v).get(1).values();
    for (int i = 0; i < gradient.length; i++) {
      // Nothing is nothing, of either sign.
      gradient[i] += 0f;
    }
    return gradient;
  }

  private List<Tensor> run(OnnxModel model, float[] x, float[] v) {
    OnnxModel sized =
        model.withInput(new OnnxModel.Value(X, TestGraph.FLOAT, List.of(-1L, (long) x.length)));
    try (Executable gradient = engine.load(Differentiator.differentiate(sized, engine))) {
      return gradient.run(
          new Tensor(x, new long[] {1, x.length}), new Tensor(v, new long[] {1, v.length}));
    }
  }
}
