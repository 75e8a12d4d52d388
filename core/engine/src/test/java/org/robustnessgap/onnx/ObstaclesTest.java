package org.robustnessgap.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.robustnessgap.onnx.Refusals.assertRefused;
import static org.robustnessgap.onnx.TestGraph.FLOAT;
import static org.robustnessgap.onnx.TestGraph.X;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.Golden;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.onnx.adjoint.Differentiator;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.NodeContext;
import org.robustnessgap.onnx.graph.OnnxModel;

/** Operators between the image and the output that no rule covers, and what is none of them. */
class ObstaclesTest extends BadModels {
  @Test
  void unsupportedOperatorsAreAllNamed() {
    TestGraph graph = new TestGraph(2);
    String hard = graph.node("Hardmax", List.of(X));
    String both = graph.node("Add", List.of(hard, graph.node("Bernoulli", List.of(X))));

    assertNotDifferentiable(
        graph.model("steps", both),
        "steps",
        "node/Hardmax_0 (Hardmax)",
        "node/Bernoulli_1 (Bernoulli)");
  }

  @Test
  void unsupportedOperatorBesideThePathIsNoObstacle() {
    TestGraph graph = new TestGraph(2);
    String constant = graph.node("Hardmax", List.of(graph.floats(new float[] {1, 2}, 2)));
    OnnxModel model = graph.model("shifted", graph.node("Add", List.of(X, constant)));

    assertThat(Differentiator.of(model, engine).obstacles()).isEmpty();
  }

  @Test
  void unsupportedOperatorWithoutANameIsCalledByItsOutput() {
    OnnxModel steps =
        new OnnxModel(
            "steps",
            OnnxModel.OPSET,
            List.of(new OnnxModel.Value(X, FLOAT, List.of(-1L, 2L))),
            List.of(new OnnxModel.Value("step", FLOAT, null)),
            List.of(
                NodeProto.newBuilder().setOpType("Hardmax").addInput(X).addOutput("step").build()),
            Map.of());

    assertNotDifferentiable(steps, "steps", "step (Hardmax)");
  }

  @Test
  void nodeWithoutANameAndItsFirstOutputIsCalledByAnother() {
    NodeProto.Builder node =
        NodeProto.newBuilder().setOpType("GRU").addInput(X).addOutput("").addOutput("last");

    assertThat(NodeContext.describe(node.build())).isEqualTo("last (GRU)");
    assertThat(NodeContext.describe(node.setName("gates").build())).isEqualTo("gates (GRU)");
  }

  @Test
  void operatorThatDoesNotExist() {
    TestGraph graph = new TestGraph(2);

    assertNotDifferentiable(
        graph.model("fantasy", graph.node("Frobnicate", List.of(X))), "fantasy", "Frobnicate");
  }

  @Test
  void operatorOfAnotherDomain() {
    OnnxModel gelu =
        new OnnxModel(
            "fused",
            OnnxModel.OPSET,
            List.of(new OnnxModel.Value(X, FLOAT, List.of(-1L, 2L))),
            List.of(new OnnxModel.Value("y", FLOAT, null)),
            List.of(
                NodeProto.newBuilder()
                    .setOpType("Gelu")
                    .setDomain("com.microsoft")
                    .addInput(X)
                    .addOutput("y")
                    .build()),
            Map.of());

    assertNotDifferentiable(gelu, "fused", "Gelu");
  }

  @Test
  void branchThatDependsOnTheImage() throws IOException {
    TestGraph graph = new TestGraph(2);
    String sum = graph.node("ReduceSum", List.of(X), Attributes.of("keepdims", 0L));
    String positive = graph.node("Greater", List.of(sum, graph.floats(new float[] {0})));
    AttributeProto then = branch("then_branch", "Relu");
    AttributeProto otherwise = branch("else_branch", "Neg");
    OnnxModel model = graph.model("branches", graph.node("If", List.of(positive), then, otherwise));

    assertNotDifferentiable(model, "branches", "(If)");
    assertNotDifferentiable(proto(model), "bad", "(If)", "chooses by the image");
  }

  @Test
  void loop() throws IOException {
    TestGraph graph = new TestGraph(2);
    String more = graph.node("Loop", List.of("", ""), branch("body", "Relu"));
    OnnxModel model = graph.model("loop", graph.node("Add", List.of(X, more)));

    assertNotDifferentiable(proto(model), "bad", "(Loop)", "loops");
    Path file = file("loop.onnx", model.toBytes());
    assertRefused(() -> OnnxModel.read(file), "loop", "(Loop)", "control flow");
  }

  @Test
  void sequenceOnTheWay() {
    TestGraph graph = new TestGraph(2);
    String parts = graph.node("SplitToSequence", List.of(X), Attributes.of("axis", 1L));
    String first = graph.node("SequenceAt", List.of(parts, graph.longScalar(0)));
    OnnxModel model = graph.model("parts", graph.node("Add", List.of(X, first)));

    assertNotDifferentiable(model, "parts", "(SplitToSequence)", "(SequenceAt)");
  }

  @Test
  void arithmeticOnQuantizedNumbers() {
    TestGraph graph = new TestGraph(2);
    String scale = graph.floats(new float[] {0.1f});
    String zero = graph.integers(TensorProto.DataType.UINT8_VALUE, new int[] {128});
    String quantized = graph.node("QuantizeLinear", List.of(X, scale, zero));
    String weights = graph.integers(TensorProto.DataType.UINT8_VALUE, new int[] {1, 2, 3, 4}, 2, 2);
    String product = graph.node("MatMulInteger", List.of(quantized, weights));
    String y = graph.node("Cast", List.of(product), Attributes.of("to", (long) FLOAT));

    assertNotDifferentiable(
        graph.model("integers", graph.node("Add", List.of(X, y))), "integers", "(MatMulInteger)");
  }

  @Test
  void integerInputThatIsComputedWith() throws IOException {
    TestGraph graph = new TestGraph(2);
    String doubled = graph.node("BitwiseXor", List.of(X, X));
    OnnxModel model =
        graph.model(
            "pixels", graph.node("Cast", List.of(doubled), Attributes.of("to", (long) FLOAT)));

    assertNotDifferentiable(
        proto(
            withInput(
                model, new OnnxModel.Value(X, TensorProto.DataType.UINT8_VALUE, List.of(-1L, 2L)))),
        "bad",
        "(BitwiseXor)",
        "float32 input");
  }

  private static AttributeProto branch(String name, String operator) {
    GraphProto graph =
        GraphProto.newBuilder()
            .setName(name)
            .addNode(NodeProto.newBuilder().setOpType(operator).addInput(X).addOutput(name + "/y"))
            .addOutput(new OnnxModel.Value(name + "/y", FLOAT, null).toProto())
            .build();
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.GRAPH)
        .setG(graph)
        .build();
  }

  @Test
  void arithmeticInDoublePrecisionOnTheWayIfNotImported() {
    TestGraph graph = new TestGraph(2);
    String wide = graph.node("Cast", List.of(X), Attributes.of("to", 11L));
    String square = graph.node("Mul", List.of(wide, wide));
    String narrow = graph.node("Cast", List.of(square), Attributes.of("to", 1L));
    OnnxModel model = graph.model("wide", graph.node("Add", List.of(X, narrow)));

    assertNotDifferentiable(model, "wide", square + " (Mul)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cotangent", "adjoint/Mul_0", "adjoint/constant_0"})
  void namesOfTheModelMayBeOurs(String name) {
    TestGraph graph = new TestGraph(1);
    String square = graph.node("Mul", List.of(X, X));
    OnnxModel model = graph.model("square", square);
    NodeProto renamed = model.nodes().get(0).toBuilder().setOutput(0, name).build();
    OnnxModel unlucky =
        new OnnxModel(
            "unlucky",
            model.opset(),
            model.inputs(),
            List.of(new OnnxModel.Value(name, FLOAT, null)),
            List.of(renamed),
            Map.of());

    try (Executable gradient = engine.load(Differentiator.differentiate(unlucky, engine))) {
      Tensor one = new Tensor(new float[] {1}, new long[] {1, 1});
      Tensor three = new Tensor(new float[] {3}, new long[] {1, 1});
      assertThat(gradient.run(three, one).get(1).values()).containsExactly(6);
    }
  }

  @Test
  void everyModelOfTheDemonstrationIsAccepted() {
    Stream.concat(Golden.classifiers().stream(), Stream.of("mnist-dcgan", "cifar10-dcgan"))
        .forEach(
            name ->
                assertThat(
                        Differentiator.of(OnnxModel.read(Golden.model(name)), engine).obstacles())
                    .as(name)
                    .isEmpty());
  }
}
