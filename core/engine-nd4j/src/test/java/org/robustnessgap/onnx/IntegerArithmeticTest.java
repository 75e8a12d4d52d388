package org.robustnessgap.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.robustnessgap.onnx.Refusals.assertRefused;
import static org.robustnessgap.onnx.TestGraph.FLOAT;
import static org.robustnessgap.onnx.TestGraph.X;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.robustnessgap.engine.Device;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.EngineSettings;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.onnx.adjoint.Differentiator;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.integer.IntegerArithmetic;
import org.robustnessgap.onnx.integer.WholeNumbers;

/** Images that become integers, are computed with, and become real numbers again. */
class IntegerArithmeticTest {
  private static final int CASES = 20;
  private static final long[] ROW = {2, 4, 4};
  private static final long[] BATCH = {3, 2, 4, 4};

  private final Engine engine = new OnnxRuntimeEngine(1);

  @TempDir private Path folder;

  static Set<String> arithmetic() {
    return IntegerCases.ALL.keySet();
  }

  /** A model of real numbers that makes integers of them. */
  private static OnnxModel casting(IntegerCases.Case of) {
    TestGraph graph = new TestGraph(ROW);
    String integers = graph.node("Cast", List.of(X), Attributes.of("to", (long) of.type()));
    return graph.model("integers", of.of(graph, integers));
  }

  private static Tensor drawn(IntegerCases.Case of, int seed, DoubleUnaryOperator rounding) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] x = new float[TestGraph.size(BATCH)];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) rounding.applyAsDouble(random.nextDouble(of.low(), of.high()));
    }
    return new Tensor(x, BATCH);
  }

  private static Tensor run(Engine engine, OnnxModel model, Tensor x) {
    try (Executable loaded = engine.load(model)) {
      return loaded.run(x).get(0);
    }
  }

  private void assertSameNumbers(OnnxModel real, OnnxModel integers, Tensor x) {
    Tensor expected = run(engine, integers, x);
    Tensor actual = run(engine, real, x);
    assertThat(actual.shape()).isEqualTo(expected.shape());
    assertThat(actual.values()).containsExactly(expected.values(), within(0f));
  }

  @ParameterizedTest
  @MethodSource("arithmetic")
  void realNumbersAreTheSame(String name) {
    IntegerCases.Case drawn = IntegerCases.ALL.get(name);
    OnnxModel integers = casting(drawn);
    OnnxModel real = IntegerArithmetic.real(integers, false, engine);
    for (int seed = 0; seed < CASES; seed++) {
      assertSameNumbers(real, integers, drawn(drawn, seed, x -> x));
    }
    assertSlope(drawn, real, x -> x, engine);
    try (Engine nd4j =
        new EngineSettings("nd4j", Device.CPU, 1, EngineSettings.ALL_MEMORY).open()) {
      assertSlope(drawn, real, x -> x, nd4j);
    }
  }

  /** As if nothing were rounded, for all elements alike. */
  private void assertSlope(
      IntegerCases.Case drawn, OnnxModel real, DoubleUnaryOperator pixels, Engine runner) {
    OnnxModel differentiated = Differentiator.differentiate(real, engine);
    Tensor x = drawn(drawn, 1, pixels);
    Tensor y = run(engine, real, x);
    float[] ones = new float[y.values().length];
    Arrays.fill(ones, 1);
    try (Executable loaded = runner.load(differentiated)) {
      List<Tensor> outputs = loaded.run(x, new Tensor(ones, y.shape()));
      assertThat(outputs.get(0).values()).containsExactly(y.values(), within(0f));
      float[] gradient = outputs.get(1).values();
      assertThat(gradient).doesNotContain(Float.NaN);
      if (Double.isNaN(drawn.slope())) {
        assertThat(gradient).contains(1f);
      } else {
        float[] expected = new float[gradient.length];
        Arrays.fill(expected, (float) drawn.slope());
        assertThat(gradient).containsExactly(expected, within(1e-6f));
      }
    }
  }

  private OnnxModel imported(OnnxModel model, int elementType) throws IOException {
    OnnxModel declared =
        new OnnxModel(
            model.name(),
            model.opset(),
            List.of(new OnnxModel.Value(X, elementType, model.input().shape())),
            model.outputs(),
            model.nodes(),
            model.initializers());
    return ModelImport.read(Files.write(folder.resolve("pixels.onnx"), declared.toBytes()), engine);
  }

  /** Pixels that the model computes with before it converts them. */
  @ParameterizedTest
  @MethodSource("arithmetic")
  void wholePixelsAreComputedWithAsTheyAre(String name) throws IOException {
    IntegerCases.Case drawn = IntegerCases.ALL.get(name);
    TestGraph graph = new TestGraph(ROW);
    OnnxModel real = imported(graph.model("pixels", drawn.of(graph, X)), drawn.type());
    assertThat(real.input().elementType()).isEqualTo(FLOAT);
    OnnxModel integers = casting(drawn);
    DoubleUnaryOperator held = value -> held(drawn.type(), value);
    for (int seed = 0; seed < CASES; seed++) {
      assertSameNumbers(real, integers, drawn(drawn, seed, held.andThen(Math::floor)));
    }
    assertSlope(drawn, real, held, engine);
  }

  /** Another number instead of those that a narrow type does not hold. */
  private static double held(int type, double value) {
    WholeNumbers.IntegerRange range = WholeNumbers.range(type);
    double span = range.high() - range.low();
    return WholeNumbers.wraps(type)
        ? range.low() + ((value - range.low()) % span + span) % span
        : value;
  }

  @Test
  void pixelsBeyondWhatTheirTypeHoldsAreThoseAtItsEnds() throws IOException {
    TestGraph graph = new TestGraph(ROW);
    IntegerCases.Integers pixels = new IntegerCases.Integers(graph, X, DataType.UINT8_VALUE);
    OnnxModel real =
        imported(graph.model("pixels", pixels.to(FLOAT).value()), DataType.UINT8_VALUE);
    float[] x = new float[TestGraph.size(BATCH)];
    Arrays.fill(x, 256.2f);
    x[1] = -0.7f;
    x[2] = 3.5f;

    assertThat(run(engine, real, new Tensor(x, BATCH)).values())
        .startsWith(255, 0, 3.5f)
        .endsWith(255);
  }

  /** Where nothing needs to be rounded, the gradient is exact. */
  @Test
  void pixelsThatAreOnlyMovedAndCentredAreNotRounded() throws IOException {
    TestGraph graph = new TestGraph(ROW);
    IntegerCases.Integers wide =
        new IntegerCases.Integers(graph, X, DataType.UINT8_VALUE)
            .to(DataType.INT32_VALUE)
            .with("Sub", 128)
            .with("Mul", 2)
            .to(FLOAT);
    OnnxModel model = imported(graph.model("pixels", wide.value()), DataType.UINT8_VALUE);
    Tensor x = new Tensor(new float[TestGraph.size(BATCH)], BATCH);
    Arrays.fill(x.values(), 0.75f);

    assertThat(Differentiator.of(model, engine).straightThrough()).isEmpty();
    assertThat(run(engine, model, x).values()).containsOnly(-254.5f);
  }

  @Test
  void nodesThatAreEstimatedAreCalledByTheirNames() {
    TestGraph graph = new TestGraph(ROW);
    String scaled = graph.node("Mul", List.of(X, graph.floats(new float[] {255})));
    String cast =
        graph.node("Cast", List.of(scaled), Attributes.of("to", (long) DataType.UINT8_VALUE));
    IntegerCases.Integers whole =
        new IntegerCases.Integers(graph, cast, DataType.UINT8_VALUE).shifted("RIGHT", 4);
    OnnxModel model = graph.model("levels", whole.to(FLOAT).value());
    OnnxModel real = IntegerArithmetic.real(model, false, engine);

    assertThat(Differentiator.of(real, engine).straightThrough())
        .containsExactly(cast + "/floor_0 (Floor)", whole.value() + "/floor_2 (Floor)");
  }

  /** The part of a number behind its point has the derivative 1. */
  @Test
  void whatAnIntegerLeavesHasItsTrueDerivative() {
    TestGraph graph = new TestGraph(ROW);
    String whole = graph.node("Cast", List.of(X), Attributes.of("to", (long) DataType.INT32_VALUE));
    String back = graph.node("Cast", List.of(whole), Attributes.of("to", (long) FLOAT));
    OnnxModel model = graph.model("fraction", graph.node("Sub", List.of(X, back)));
    OnnxModel real = IntegerArithmetic.real(model, false, engine);

    assertThat(Differentiator.of(real, engine).straightThrough()).isEmpty();
    new GradientCheck(engine).check("fraction", real, Points.GRID, new SplittableRandom(1));
  }

  /** An index is no number that counts. */
  @Test
  void integersThatOnlyChooseStayAsTheyAre() {
    TestGraph graph = new TestGraph(ROW);
    String mean = graph.node("ReduceMean", List.of(X, graph.longs(1, 2, 3)));
    String index =
        graph.node("Cast", List.of(mean), Attributes.of("to", (long) DataType.INT64_VALUE));
    String table = graph.floats(new float[] {1, 2, 3}, 3, 1);
    String chosen = graph.node("Gather", List.of(table, index));
    OnnxModel model =
        graph.model(
            "table",
            graph.node(
                "Add",
                List.of(X, graph.node("Reshape", List.of(chosen, graph.longs(-1, 1, 1, 1))))));

    assertThat(IntegerArithmetic.real(model, false, engine)).isSameAs(model);
  }

  @Test
  void aModelWithoutIntegersIsNotEvenRun() {
    TestGraph graph = new TestGraph(ROW);
    OnnxModel model = graph.model("plain", graph.node("Round", List.of(X)));

    assertThat(IntegerArithmetic.real(model, false, null)).isSameAs(model);
  }

  @Test
  void arithmeticOnPixelsWithoutRealNumbers() {
    TestGraph graph = new TestGraph(ROW);
    IntegerCases.Integers mixed =
        new IntegerCases.Integers(graph, X, DataType.UINT8_VALUE).with("BitwiseXor", 5);
    OnnxModel model = graph.model("mixed", mixed.to(FLOAT).value());

    assertRefused(
        () -> imported(model, DataType.UINT8_VALUE), "pixels", X, "(BitwiseXor)", "float32 input");
  }

  /** What float32 does not hold is noticed. */
  @Test
  void largeIntegers() {
    TestGraph graph = new TestGraph(ROW);
    String scaled = graph.node("Mul", List.of(X, graph.floats(new float[] {1000})));
    String cast =
        graph.node("Cast", List.of(scaled), Attributes.of("to", (long) DataType.INT64_VALUE));
    IntegerCases.Integers large =
        new IntegerCases.Integers(graph, cast, DataType.INT64_VALUE)
            .with("Mul", 1_000_003)
            .with("Mod", 1009);
    OnnxModel model = graph.model("hash", large.to(FLOAT).value());

    assertRefused(() -> IntegerArithmetic.real(model, false, engine), "hash", "integer arithmetic");
  }
}
