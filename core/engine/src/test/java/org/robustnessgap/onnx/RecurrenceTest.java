package org.robustnessgap.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.robustnessgap.onnx.Refusals.assertRefused;
import static org.robustnessgap.onnx.TestGraph.FLOAT;
import static org.robustnessgap.onnx.TestGraph.X;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.onnx.batch.OpenBatch;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.lowering.Lowering;

/** Sequences beyond the random cases. */
class RecurrenceTest {
  private static final int CASES = 40;
  private static final float ROUNDING = 1e-5f;

  private static final Map<String, RecurrenceCases.Kind> KINDS =
      Map.of("RNN", RecurrenceCases.RNN, "GRU", RecurrenceCases.GRU, "LSTM", RecurrenceCases.LSTM);

  /** All that the standard names and the runtime has. */
  private static final List<String> ACTIVATIONS =
      List.of(
          "Relu",
          "Tanh",
          "Sigmoid",
          "Affine",
          "LeakyRelu",
          "ThresholdedRelu",
          "ScaledTanh",
          "HardSigmoid",
          "Elu",
          "Softsign",
          "Softplus");

  private final Engine engine = new OnnxRuntimeEngine(1);

  private OnnxModel lowered(OnnxModel model) {
    return OpenBatch.of(Lowering.of(model, engine), engine);
  }

  private float[] outputs(OnnxModel model, Tensor x) {
    try (Executable loaded = engine.load(model)) {
      return loaded.run(x).get(0).values();
    }
  }

  private void assertSame(OnnxModel model, OnnxModel other, String what) {
    long[] shape = model.input().shape().stream().mapToLong(Long::longValue).toArray();
    shape[0] = 3;
    Tensor x = new Tensor(Points.gaussian(new SplittableRandom(7), TestGraph.size(shape)), shape);
    assertThat(outputs(model, x)).as(what).containsExactly(outputs(other, x), within(ROUNDING));
  }

  @ParameterizedTest
  @ValueSource(strings = {"RNN", "GRU", "LSTM"})
  void everyActivationWithinBounds(String operator) {
    for (int seed = 0; seed < CASES; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      RecurrenceCases.Sketch sketch = new RecurrenceCases.Sketch(KINDS.get(operator), random);
      sketch.inputs(sketch.biases());
      sketch.activations(ACTIVATIONS);
      if (random.nextBoolean()) {
        sketch.attributes.add(Attributes.of("clip", 0.4f));
      }
      OnnxModel model = sketch.of(0).model();

      assertSame(lowered(model), model, operator + ", seed " + seed + sketch.attributes);
    }
  }

  /** The runtime knows only the other order; here it is made by hand. */
  @ParameterizedTest
  @ValueSource(strings = {"RNN", "GRU", "LSTM"})
  void batchFirst(String operator) {
    OnnxModel lowered = lowered(lastAndAll(KINDS.get(operator), true));

    assertSame(lowered, lastAndAll(KINDS.get(operator), false), operator);
    new GradientCheck(engine).check(operator, lowered, Points.SMOOTH, new SplittableRandom(1));
  }

  private static OnnxModel lastAndAll(RecurrenceCases.Kind kind, boolean batchFirst) {
    TestGraph graph = new TestGraph(4, 2);
    SplittableRandom random = new SplittableRandom(1);
    long[] swapped = {1, 0, 2};
    String rows = batchFirst ? X : transposed(graph, X, swapped);
    String w = graph.uniform(random, -0.5, 0.5, 1, 3 * kind.gates(), 2);
    String r = graph.uniform(random, -0.5, 0.5, 1, 3 * kind.gates(), 3);
    String mean = graph.node("ReduceMean", List.of(X, graph.longs(1, 2)));
    String state = graph.node("Mul", List.of(mean, graph.gaussian(random, 1, 1, 3)));
    List<String> outputs =
        graph.nodeWithOutputs(
            kind.operator(),
            2,
            List.of(rows, w, r, "", "", batchFirst ? state : transposed(graph, state, swapped)),
            Attributes.of("hidden_size", 3L),
            Attributes.of("layout", batchFirst ? 1L : 0));
    String all = batchFirst ? outputs.get(0) : transposed(graph, outputs.get(0), 2, 0, 1, 3);
    String last = batchFirst ? outputs.get(1) : transposed(graph, outputs.get(1), swapped);
    return graph.model(
        kind.operator(),
        graph.node(
            "Concat",
            List.of(graph.node("Flatten", List.of(last)), graph.node("Flatten", List.of(all))),
            Attributes.of("axis", 1L)));
  }

  private static String transposed(TestGraph graph, String value, long... axes) {
    return graph.node("Transpose", List.of(value), Attributes.of("perm", axes));
  }

  /** A GRU over the rows of an image, whose first output has no name. */
  @Test
  void lastStateOfTheRowsAlone() {
    OnnxModel model = rows(List.of("", "last"), List.of());

    new GradientCheck(engine).check("rows", lowered(model), Points.SMOOTH, new SplittableRandom(3));
  }

  private static OnnxModel rows(List<String> outputs, List<String> further) {
    TestGraph graph = new TestGraph(4, 3);
    SplittableRandom random = new SplittableRandom(2);
    List<String> inputs =
        new ArrayList<>(
            List.of(
                graph.node("Transpose", List.of(X), Attributes.of("perm", new long[] {1, 0, 2})),
                graph.gaussian(random, 1, 6, 3),
                graph.gaussian(random, 1, 6, 2),
                ""));
    inputs.addAll(further);
    String unused = graph.node("GRU", inputs, Attributes.of("hidden_size", 2L));
    OnnxModel model = graph.model("rows", unused);
    List<NodeProto> nodes = new ArrayList<>(model.nodes());
    NodeProto gru = nodes.remove(nodes.size() - 1);
    nodes.add(gru.toBuilder().clearName().clearOutput().addAllOutput(outputs).build());
    nodes.add(
        NodeProto.newBuilder()
            .setOpType("Transpose")
            .addInput(outputs.get(1))
            .addOutput("scores")
            .addAttribute(Attributes.of("perm", new long[] {1, 0, 2}))
            .build());
    return new OnnxModel(
        model.name(),
        model.opset(),
        model.inputs(),
        List.of(new OnnxModel.Value("scores", FLOAT, null)),
        nodes,
        model.initializers());
  }

  /** As a trace of two images writes it. */
  @Test
  void aStateOfAFixedBatchThatIsTheSameForEachImageIsOpened() {
    TestGraph graph = new TestGraph(4, 3);
    SplittableRandom random = new SplittableRandom(2);
    String rows = graph.node("Transpose", List.of(X), Attributes.of("perm", new long[] {1, 0, 2}));
    String state = graph.floats(new float[] {1, -1, 1, -1}, 1, 2, 2);
    List<String> outputs =
        graph.nodeWithOutputs(
            "LSTM",
            2,
            List.of(
                rows,
                graph.gaussian(random, 1, 8, 3),
                graph.gaussian(random, 1, 8, 2),
                "",
                graph.integers(DataType.INT32_VALUE, new int[] {4, 4}, 2),
                state,
                state),
            Attributes.of("hidden_size", 2L));
    String last =
        graph.node(
            "Transpose", List.of(outputs.get(1)), Attributes.of("perm", new long[] {1, 0, 2}));
    OnnxModel fixed =
        graph.model("two", last).withInput(new OnnxModel.Value(X, FLOAT, List.of(2L, 4L, 3L)));

    OnnxModel open = lowered(fixed);

    assertThat(open.input().describe()).isEqualTo("x float [n, 4, 3]");
    new GradientCheck(engine).check("two", open, Points.SMOOTH, random);
  }

  @Test
  void sequencesThatEndBeforeOthers() {
    TestGraph graph = new TestGraph(2, 4, 3);
    String rows = graph.node("Reshape", List.of(X, graph.longs(-1, 4, 3)));
    List<String> inputs =
        List.of(
            graph.node("Transpose", List.of(rows), Attributes.of("perm", new long[] {1, 0, 2})),
            graph.gaussian(new SplittableRandom(1), 1, 2, 3),
            graph.gaussian(new SplittableRandom(2), 1, 2, 2),
            "",
            graph.node(
                "Cast",
                List.of(graph.node("ReduceSum", List.of(rows, graph.longs(1, 2)), squeezed())),
                Attributes.of("to", (long) DataType.INT32_VALUE)));
    OnnxModel model =
        graph.model("short", graph.node("RNN", inputs, Attributes.of("hidden_size", 2L)));

    assertRefused(() -> Lowering.of(model, engine), "short", "(RNN)", "lengths of their own", "4");
  }

  private static ai.onnx.proto.OnnxMl.AttributeProto squeezed() {
    return Attributes.of("keepdims", 0L);
  }

  @Test
  void imagesInAPlaceOfTheTime() {
    TestGraph graph = new TestGraph(4, 3);
    OnnxModel model =
        graph.model(
            "mixed",
            graph.node(
                "RNN",
                List.of(
                    X,
                    graph.gaussian(new SplittableRandom(1), 1, 2, 3),
                    graph.gaussian(new SplittableRandom(2), 1, 2, 2)),
                Attributes.of("hidden_size", 2L)));

    assertRefused(
        () -> Lowering.of(model, engine),
        "mixed",
        "(RNN)",
        "sequence length varies with the batch");
  }

  @Timeout(30)
  @Test
  void aSequenceOfTooManySteps() {
    TestGraph graph = new TestGraph(20_000);
    String rows = graph.node("Reshape", List.of(X, graph.longs(20_000, -1, 1)));
    SplittableRandom random = new SplittableRandom(1);
    String w = graph.gaussian(random, 1, 4, 1);
    String last =
        graph
            .nodeWithOutputs("LSTM", 2, List.of(rows, w, w), Attributes.of("hidden_size", 1L))
            .get(1);

    assertRefused(
        () -> Lowering.of(graph.model("long", last), engine),
        "(LSTM)",
        "20000 steps of",
        "100000",
        "fewer steps");
  }
}
