package org.robustnessgap.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.robustnessgap.onnx.Refusals.assertRefused;
import static org.robustnessgap.onnx.TestGraph.FLOAT;
import static org.robustnessgap.onnx.TestGraph.X;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.messages.ModelOptions;
import org.robustnessgap.onnx.control.Branches;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.OperatorSets;
import org.robustnessgap.onnx.graph.Subgraphs;
import org.robustnessgap.onnx.graph.Tensors;
import org.robustnessgap.onnx.lowering.StepBudget;

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

  private static OnnxModel.Value integer(String name) {
    return new OnnxModel.Value(name, DataType.INT64_VALUE, List.of());
  }

  private static AttributeProto to(int elementType) {
    return Attributes.of("to", (long) elementType);
  }

  private static OnnxModel.Value truth(String name) {
    return new OnnxModel.Value(name, DataType.BOOL_VALUE, List.of());
  }

  /** Adds row after row to a state, which it bends, and writes half of each; goes on while so. */
  private static OnnxModel loop(
      TestGraph graph, SplittableRandom random, String trips, NodeProto... goesOn) {
    String rows = graph.node("Transpose", List.of(X), Attributes.of("perm", new long[] {1, 0, 2}));
    AttributeProto body =
        body(
            List.of(integer("step"), truth("before"), real("state")),
            List.of(truth("after"), real("next"), real("written")),
            Stream.concat(
                    Stream.of(
                        node("Gather", "row", List.of(rows, "step")),
                        node("Mul", "small", List.of("row", "half")),
                        node("Add", "sum", List.of("state", "small")),
                        node("Tanh", "next", List.of("sum")),
                        node("Mul", "written", List.of("next", "half"))),
                    Stream.of(goesOn))
                .toArray(NodeProto[]::new));
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

  private OnnxModel taken(OnnxModel model) {
    return Branches.taken(model, new StepBudget(), engine);
  }

  private void assertUnrolled(OnnxModel model, SplittableRandom random) {
    OnnxModel unrolled = OperatorSets.upgrade(taken(model));
    assertThat(unrolled.nodes()).noneMatch(Subgraphs::has);
    long[] shape = model.input().shape().stream().mapToLong(Long::longValue).toArray();
    shape[0] = 3;
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

  /** The runtime would end the process. */
  @Test
  void aLoopOfWhichAnOutputIsNotNamed() {
    SplittableRandom random = new SplittableRandom(1);
    TestGraph graph = new TestGraph(STEPS, WIDTH);
    OnnxModel named =
        loop(graph, random, graph.longScalar(3), node("Identity", "after", List.of("before")));
    String state =
        named.nodes().stream()
            .filter(node -> node.getOpType().equals("Loop"))
            .map(node -> node.getOutput(0))
            .findFirst()
            .orElseThrow();
    List<NodeProto> nodes =
        named.nodes().stream()
            .filter(node -> !node.getInputList().contains(state))
            .map(node -> Subgraphs.renamed(node, name -> name.equals(state) ? "" : name))
            .toList();
    String written =
        nodes.stream()
            .filter(node -> node.getOpType().equals("Flatten"))
            .map(node -> node.getOutput(0))
            .findFirst()
            .orElseThrow();
    OnnxModel unnamed =
        new OnnxModel(
            "unnamed",
            named.opset(),
            named.inputs(),
            List.of(new OnnxModel.Value(written, DataType.FLOAT_VALUE, null)),
            nodes.stream().filter(node -> !node.getOpType().equals("Concat")).toList(),
            named.initializers());
    OnnxModel imported =
        ModelImport.of(
            unnamed, ModelOptions.NONE, null, List.of((long) STEPS, (long) WIDTH), engine);

    assertThat(imported.nodes()).noneMatch(Subgraphs::has);
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

  /** After the third step the condition is false. */
  @ParameterizedTest
  @ValueSource(longs = {2, 3, STEPS, Long.MAX_VALUE})
  void aLoopThatEndsEarly(long most) {
    SplittableRandom random = new SplittableRandom(1);
    TestGraph graph = new TestGraph(STEPS, WIDTH);
    assertUnrolled(
        loop(graph, random, graph.longScalar(most), node("Less", "after", List.of("step", "two"))),
        random);
  }

  @Test
  void aLoopThatEndsWhenTheImageSaysSo() {
    TestGraph graph = new TestGraph(STEPS, WIDTH);
    OnnxModel model =
        loop(
            graph,
            new SplittableRandom(1),
            graph.longScalar(STEPS),
            node("ReduceSum", "total", List.of("next")).toBuilder()
                .addAttribute(Attributes.of("keepdims", 0L))
                .build(),
            node("Less", "after", List.of("total", "half")));

    assertRefused(() -> taken(model), "loop", "(Loop)", "may end early", "image");
  }

  /** A state counts down from a constant; the number of steps at most is not stated. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 7})
  void aLoopThatACounterEnds(long from) {
    TestGraph graph = new TestGraph(WIDTH);
    String start = graph.node("Cast", List.of(graph.longScalar(from)), to(DataType.FLOAT_VALUE));
    AttributeProto body =
        body(
            List.of(integer("step"), truth("before"), real("left"), real("state")),
            List.of(truth("after"), real("fewer"), real("next")),
            node("Sub", "fewer", List.of("left", "half")),
            node("Greater", "after", List.of("fewer", "half")),
            node("Mul", "small", List.of("state", "half")),
            node("Sin", "next", List.of("small")));
    List<String> outputs =
        graph.nodeWithOutputs("Loop", 2, List.of("", graph.truth(true), start, X), body);

    assertUnrolled(graph.model("counter", outputs.get(1)), new SplittableRandom(1));
  }

  @Test
  void aLoopThatDoesNotStart() {
    TestGraph graph = new TestGraph(WIDTH);
    String tanh = graph.node("Tanh", List.of(X));
    for (List<String> counts :
        List.of(
            List.of(graph.longScalar(5), graph.truth(false)),
            List.of(graph.longScalar(0), graph.truth(true)))) {
      String last =
          graph.node("Loop", List.of(counts.get(0), counts.get(1), tanh), repeatedSine("Identity"));

      assertUnrolled(graph.model("none", last), new SplittableRandom(1));
    }
  }

  private static AttributeProto repeatedSine(String condition) {
    return body(
        List.of(integer("step"), truth("before"), real("state")),
        List.of(truth("after"), real("next")),
        node("Sin", "next", List.of("state")),
        node(condition, "after", List.of("before")));
  }

  /** A run of it would not come back. */
  @Timeout(30)
  @ParameterizedTest
  @ValueSource(longs = {StepBudget.MOST_NODES, Long.MAX_VALUE})
  void aLoopOfTooManySteps(long trips) {
    TestGraph graph = new TestGraph(WIDTH);
    String last =
        graph.node("Loop", List.of(graph.longScalar(trips), "", X), repeatedSine("Identity"));

    assertRefused(
        () -> taken(graph.model("long", last)),
        "(Loop)",
        trips + " steps",
        "100000",
        "fewer steps");
  }

  /** The condition comes back to what it was. */
  @Timeout(30)
  @Test
  void aLoopWhoseConditionTurnsTooLate() {
    TestGraph graph = new TestGraph(WIDTH);
    AttributeProto body =
        body(
            List.of(integer("step"), truth("before"), real("state")),
            List.of(truth("after"), real("next")),
            node("Sin", "next", List.of("state")),
            node("Not", "ended", List.of("before")),
            node("Not", "after", List.of("ended")));
    String last = graph.node("Loop", List.of("", graph.truth(true), X), body);

    assertRefused(() -> taken(graph.model("late", last)), "(Loop)", "or more steps", "fewer");
  }

  @Timeout(30)
  @Test
  void aLoopWithoutAnEnd() {
    TestGraph graph = new TestGraph(WIDTH);
    String last = graph.node("Loop", List.of("", graph.truth(true), X), repeatedSine("Identity"));

    assertRefused(() -> taken(graph.model("ever", last)), "(Loop)", "never ends");
  }

  /** Each is short; within one another, and one after the other, they are not. */
  @Timeout(30)
  @Test
  void loopsThatTogetherTakeTooManySteps() {
    TestGraph graph = new TestGraph(WIDTH);
    String count = graph.longScalar(300);
    NodeProto inner =
        NodeProto.newBuilder()
            .setOpType("Loop")
            .addAllInput(List.of(count, "", "state"))
            .addOutput("next")
            .addAttribute(repeatedSine("Identity").toBuilder())
            .build();
    AttributeProto outer =
        body(
            List.of(integer("outer"), truth("still"), real("state")),
            List.of(truth("goes on"), real("next")),
            inner,
            node("Identity", "goes on", List.of("still")));
    String nested = graph.node("Loop", List.of(count, "", X), outer);

    assertRefused(() -> taken(graph.model("nested", nested)), "(Loop)", "300 steps", "100000");

    TestGraph row = new TestGraph(WIDTH);
    String value = X;
    for (int i = 0; i < 3; i++) {
      value =
          row.node("Loop", List.of(row.longScalar(15_000), "", value), repeatedSine("Identity"));
    }
    OnnxModel model = row.model("row", value);
    assertRefused(() -> taken(model), "(Loop)", "15000 steps", "10000 are left");
  }

  /** The branch is never taken, but the runtime would have to be asked which is. */
  @Timeout(30)
  @Test
  void aLoopWithoutAnEndInABranch() {
    TestGraph graph = new TestGraph(WIDTH);
    NodeProto ever =
        NodeProto.newBuilder()
            .setOpType("Loop")
            .addAllInput(List.of("", graph.truth(true), X))
            .addOutput("ever")
            .addAttribute(repeatedSine("Identity"))
            .build();
    String tanh =
        graph.node(
            "If",
            List.of(graph.truth(true)),
            graph("then_branch", node("Tanh", "tanh", List.of(X))),
            graph("else_branch", ever));

    OnnxModel model = graph.model("branch", tanh);
    assertThat(taken(model).nodes()).noneMatch(Subgraphs::has);
  }

  private static AttributeProto graph(String name, NodeProto node) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.GRAPH)
        .setG(
            GraphProto.newBuilder()
                .setName(name)
                .addNode(node)
                .addOutput(real(node.getOutput(0)).toProto()))
        .build();
  }

  @Test
  void aLoopAsLongAsTheImageSays() {
    TestGraph graph = new TestGraph(STEPS, WIDTH);
    String largest = graph.node("ReduceMax", List.of(X), Attributes.of("keepdims", 0L));
    String trips = graph.node("Cast", List.of(largest), to(DataType.INT64_VALUE));
    OnnxModel model =
        loop(graph, new SplittableRandom(1), trips, node("Identity", "after", List.of("before")));

    assertRefused(() -> taken(model), "loop", "(Loop)", "no constant", "loops");
  }

  @Test
  void aScanOverTheImages() {
    TestGraph graph = new TestGraph(STEPS, WIDTH);
    AttributeProto body =
        body(List.of(real("image")), List.of(real("y")), node("Tanh", "y", List.of("image")));
    OnnxModel model =
        graph.model(
            "images", graph.node("Scan", List.of(X), body, Attributes.of("num_scan_inputs", 1L)));

    assertRefused(() -> taken(model), "images", "(Scan)", "one image after");
  }
}
