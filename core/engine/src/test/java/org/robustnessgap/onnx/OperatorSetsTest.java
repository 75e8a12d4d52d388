package org.robustnessgap.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.robustnessgap.onnx.TestGraph.X;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.OperatorSets;

/** A model of an old operator set computes after its upgrade what the runtime computes before. */
class OperatorSetsTest {
  private static final float ROUNDING = 1e-5f;
  private static final long[] ROW = {4, 3, 1};

  private final Engine engine = new OnnxRuntimeEngine(1);

  private static Arguments old(long opset, String what, Function<TestGraph, String> make) {
    return Arguments.of(opset, what, make);
  }

  static Stream<Arguments> oldNodes() {
    return Stream.of(
        old(9, "Squeeze", g -> g.node("Squeeze", List.of(X), axes(3))),
        old(12, "Unsqueeze", g -> g.node("Unsqueeze", List.of(X), axes(1, 4))),
        old(
            12,
            "ReduceSum",
            g -> g.node("ReduceSum", List.of(X), axes(2), Attributes.of("keepdims", 0L))),
        old(17, "ReduceMean", g -> g.node("ReduceMean", List.of(X), axes(-2))),
        old(
            17,
            "ReduceL2 of all, for its scale",
            g -> {
              String c = g.floats(new float[] {3, 4}, 1, 2);
              return g.node("Mul", List.of(X, g.node("ReduceL2", List.of(c))));
            }),
        old(11, "Softmax", g -> g.node("Softmax", List.of(X))),
        old(9, "Softmax of axis 2", g -> g.node("Softmax", List.of(X), Attributes.of("axis", 2L))),
        old(
            12,
            "Softmax of axis −1",
            g -> g.node("Softmax", List.of(X), Attributes.of("axis", -1L))),
        old(12, "LogSoftmax", g -> g.node("LogSoftmax", List.of(X), Attributes.of("axis", -3L))),
        old(10, "Dropout", g -> g.node("Dropout", List.of(X), Attributes.of("ratio", 0.3f))),
        old(
            9,
            "Clip",
            g -> g.node("Clip", List.of(X), Attributes.of("min", -0.5f), Attributes.of("max", 1f))),
        old(
            10,
            "Clip without minimum",
            g -> g.node("Clip", List.of(X), Attributes.of("max", 0.5f))),
        old(
            10,
            "Pad",
            g ->
                g.node(
                    "Pad",
                    List.of(X),
                    Attributes.of("pads", new long[] {0, 1, 0, 2, 0, 0, 2, 0}),
                    Attributes.of("value", 3f))),
        old(
            9,
            "Slice",
            g ->
                g.node(
                    "Slice",
                    List.of(X),
                    axes(1, 2),
                    Attributes.of("starts", new long[] {1, 0}),
                    Attributes.of("ends", new long[] {3, -1}))),
        old(
            12,
            "Split",
            g ->
                g.nodeWithOutputs(
                        "Split",
                        2,
                        List.of(X),
                        Attributes.of("axis", 1L),
                        Attributes.of("split", new long[] {1, 3}))
                    .get(1)),
        old(
            17,
            "Split into halves",
            g -> g.nodeWithOutputs("Split", 2, List.of(X), Attributes.of("axis", 1L)).get(1)),
        old(
            18,
            "GroupNormalization with a scale for each group",
            g ->
                g.node(
                    "GroupNormalization",
                    List.of(X, g.floats(new float[] {2, -3}, 2), g.floats(new float[] {1, 5}, 2)),
                    Attributes.of("num_groups", 2L),
                    Attributes.of("epsilon", 0.1f))),
        old(
            9,
            "Upsample",
            g ->
                g.node(
                    "Upsample",
                    List.of(X, g.floats(new float[] {1, 1, 2, 3}, 4)),
                    Attributes.of("mode", "nearest"))),
        old(
            10,
            "Resize",
            g ->
                g.node(
                    "Resize",
                    List.of(X, g.floats(new float[] {1, 1, 2, 2}, 4)),
                    Attributes.of("mode", "linear"))));
  }

  private static AttributeProto axes(long... axes) {
    return Attributes.of("axes", axes);
  }

  @ParameterizedTest(name = "{1} of operator set {0}")
  @MethodSource("oldNodes")
  void computesTheSame(long opset, String what, Function<TestGraph, String> make) {
    TestGraph graph = new TestGraph(ROW).opset(opset);
    OnnxModel old = graph.model("old", make.apply(graph));
    OnnxModel upgraded = OperatorSets.upgrade(old);
    SplittableRandom random = new SplittableRandom(opset);

    assertThat(upgraded.opset().version()).isEqualTo(OnnxModel.OPSET);
    Tensor x =
        new Tensor(Points.GRID.draw(random, 2 * TestGraph.size(ROW)), new long[] {2, 4, 3, 1});
    try (Executable before = engine.load(old);
        Executable after = engine.load(upgraded)) {
      Tensor expected = before.run(x).get(0);
      Tensor actual = after.run(x).get(0);
      assertThat(actual.shape()).isEqualTo(expected.shape());
      assertThat(actual.values()).containsExactly(expected.values(), within(ROUNDING));
    }
    new GradientCheck(engine).check(what, upgraded, Points.SMOOTH_GRID, random);
  }
}
