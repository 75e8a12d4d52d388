package org.robustnessgap.worker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.robustnessgap.worker.onnx.Refusals.assertRefused;
import static org.robustnessgap.worker.onnx.TestGraph.FLOAT;
import static org.robustnessgap.worker.onnx.TestGraph.X;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.worker.engine.Engine;
import org.robustnessgap.worker.engine.Executable;
import org.robustnessgap.worker.engine.OnnxRuntimeEngine;
import org.robustnessgap.worker.engine.Tensor;

/** Loop and Scan whose steps are as many for every image. */
class RepetitionsTest {
  private static final int CASES = 20;
  private static final int STEPS = 4;
  private static final int WIDTH = 3;
  private static final float ROUNDING = 1e-5f;

  private final Engine engine = new OnnxRuntimeEngine(1);

  private static NodeProto node(String operator, String output, List<String> inputs) {
    return NodeProto.newBuilder().setOpType(operator).addAllInput(inputs).addOutput(output).build();
  }

  private static AttributeProto body(
      List<OnnxModel.Value> inputs, List<OnnxModel.Value> outputs, NodeProto... nodes) {
    GraphProto.Builder graph = GraphProto.newBuilder().setName("body").addAllNode(List.of(nodes));
    graph.addInitializer(Tensors.floats("half", new float[] {0.5f}));
    graph.addInitializer(Tensors.longs("two", 2).toBuilder().clearDims());
    inputs.forEach(value -> graph.addInput(value.toProto()));
    outputs.forEach(value -> graph.addOutput(value.toProto()));
    return AttributeProto.newBuilder()
        .setName("body")
        .setType(AttributeProto.AttributeType.GRAPH)
        .setG(graph)
        .build();
  }

  private static OnnxModel.Value real(String name) {
    return new OnnxModel.Value(name, FLOAT, null);
  }

  private static OnnxModel.Value truth(String name) {
    return new OnnxModel.Value(name, DataType.BOOL_VALUE, List.of());
  }

  /** Adds row after row to a state, which it bends, and writes half of each; goes on while so. */
  private static OnnxModel loop(
      TestGraph graph, SplittableRandom random, String trips, NodeProto goesOn) {
    String rows = graph.node("Transpose", List.of(X), Attributes.of("perm", new long[] {1, 0, 2}));
    AttributeProto body =
        body(
            List.of(
                new OnnxModel.Value("step", DataType.INT64_VALUE, List.of()),
                truth("before"),
                real("state")),
            List.of(truth("after"), real("next"), real("written")),
            node("Gather", "row", List.of(rows, "step")),
            node("Mul", "small", List.of("row", "half")),
            node("Add", "sum", List.of("state", "small")),
            node("Tanh", "next", List.of("sum")),
            node("Mul", "written", List.of("next", "half")),
            goesOn);
    List<String> outputs =
        graph.nodeWithOutputs(
            "Loop", 2, List.of(trips, "", graph.gaussian(random, 1, WIDTH)), body);
    // [steps, n, width] and [n, width].
    String all =
        graph.node(
            "Transpose", List.of(outputs.get(1)), Attributes.of("perm", new long[] {1, 0, 2}));
    return graph.model("loop", graph.node("Concat", flat(graph, all, outputs.get(0)), axis(1)));
  }

  private static List<String> flat(TestGraph graph, String... values) {
    return List.of(values).stream().map(value -> graph.node("Flatten", List.of(value))).toList();
  }

  private static AttributeProto axis(long axis) {
    return Attributes.of("axis", axis);
  }

  private void assertUnrolled(OnnxModel model, SplittableRandom random) {
    OnnxModel unrolled = OperatorSets.upgrade(Branches.taken(model, engine));
    assertThat(unrolled.nodes()).noneMatch(Subgraphs::has);
    long[] shape = {3, STEPS, WIDTH};
    Tensor x = new Tensor(Points.gaussian(random, TestGraph.size(shape)), shape);
    assertThat(outputs(unrolled, x)).containsExactly(outputs(model, x), within(ROUNDING));
    new GradientCheck(engine).check(model.name(), unrolled, Points.SMOOTH, random);
  }

  private float[] outputs(OnnxModel model, Tensor x) {
    try (Executable loaded = engine.load(model)) {
      return loaded.run(x).get(0).values();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 18, 21})
  void aLoopOfConstantLength(long opset) {
    for (int seed = 0; seed < CASES; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      TestGraph graph = new TestGraph(STEPS, WIDTH).opset(opset);
      String trips = graph.longScalar(random.nextInt(1, STEPS + 1));
      assertUnrolled(
          loop(graph, random, trips, node("Identity", "after", List.of("before"))), random);
    }
  }

  /** As the shape of the image says. */
  @Test
  void aLoopAsLongAsAnAxis() {
    SplittableRandom random = new SplittableRandom(1);
    TestGraph graph = new TestGraph(STEPS, WIDTH);
    String shape = graph.node("Shape", List.of(X));
    String trips = graph.node("Gather", List.of(shape, graph.longScalar(1)));
    assertUnrolled(
        loop(graph, random, trips, node("Identity", "after", List.of("before"))), random);
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 18, 21})
  void aScan(long opset) {
    for (int seed = 0; seed < CASES; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      TestGraph graph = new TestGraph(STEPS, WIDTH).opset(opset);
      // The state has a row for each image.
      String first =
          graph.node("Gather", List.of(X, graph.longScalar(random.nextInt(STEPS))), axis(1));
      AttributeProto body =
          body(
              List.of(real("state"), real("row"), real("weights")),
              List.of(real("next"), real("written")),
              node("Mul", "weighted", List.of("row", "weights")),
              node("Mul", "small", List.of("weighted", "half")),
              node("Add", "sum", List.of("state", "small")),
              node("Tanh", "next", List.of("sum")),
              node("Sigmoid", "written", List.of("sum")));
      List<String> outputs =
          graph.nodeWithOutputs(
              "Scan",
              2,
              List.of(first, X, graph.uniform(random, -1, 1, STEPS, WIDTH)),
              body,
              Attributes.of("num_scan_inputs", 2L),
              Attributes.of("scan_input_axes", new long[] {random.nextBoolean() ? 1 : -2, 0}),
              Attributes.of(
                  "scan_input_directions", new long[] {random.nextInt(2), random.nextInt(2)}),
              Attributes.of("scan_output_axes", new long[] {random.nextBoolean() ? 2 : -1}),
              Attributes.of("scan_output_directions", new long[] {random.nextInt(2)}));
      List<String> flat = flat(graph, outputs.get(0), outputs.get(1));
      assertUnrolled(graph.model("scan", graph.node("Concat", flat, axis(1))), random);
    }
  }

  @Test
  void aLoopThatMayEndEarly() {
    TestGraph graph = new TestGraph(STEPS, WIDTH);
    OnnxModel model =
        loop(
            graph,
            new SplittableRandom(1),
            graph.longScalar(STEPS),
            node("Less", "after", List.of("step", "two")));

    assertRefused(() -> Branches.taken(model, engine), "loop", "(Loop)", "may end early");
  }

  @Test
  void aLoopAsLongAsTheImageSays() {
    TestGraph graph = new TestGraph(STEPS, WIDTH);
    String largest = graph.node("ReduceMax", List.of(X), Attributes.of("keepdims", 0L));
    String trips =
        graph.node("Cast", List.of(largest), Attributes.of("to", (long) DataType.INT64_VALUE));
    OnnxModel model =
        loop(graph, new SplittableRandom(1), trips, node("Identity", "after", List.of("before")));

    assertRefused(() -> Branches.taken(model, engine), "loop", "(Loop)", "no constant", "loops");
  }

  @Test
  void aScanOverTheImages() {
    TestGraph graph = new TestGraph(STEPS, WIDTH);
    AttributeProto body =
        body(List.of(real("image")), List.of(real("y")), node("Tanh", "y", List.of("image")));
    OnnxModel model =
        graph.model(
            "images", graph.node("Scan", List.of(X), body, Attributes.of("num_scan_inputs", 1L)));

    assertRefused(() -> Branches.taken(model, engine), "images", "(Scan)", "one image after");
  }
}
