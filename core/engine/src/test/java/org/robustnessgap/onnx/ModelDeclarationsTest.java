package org.robustnessgap.onnx;

import static org.robustnessgap.onnx.Refusals.assertRefused;
import static org.robustnessgap.onnx.TestGraph.FLOAT;
import static org.robustnessgap.onnx.TestGraph.X;

import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.Opset;

/**
 * What a model states about itself: its operator set, functions, inputs, outputs, shapes and sizes.
 */
class ModelDeclarationsTest extends BadModels {
  @ParameterizedTest
  @ValueSource(longs = {1, 7, 8})
  void oldOperatorSet(long version) throws IOException {
    ModelProto.Builder model = proto(scaled()).toBuilder();
    model.getOpsetImportBuilder(0).setVersion(version);

    assertNotDifferentiable(model.build(), "bad", "operator set " + version, "opset_version=9");
  }

  @ParameterizedTest
  @ValueSource(longs = {9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21})
  void supportedOperatorSet(long version) throws IOException {
    ModelProto.Builder model = proto(scaled()).toBuilder();
    model.getOpsetImportBuilder(0).setVersion(version);

    assertScales(file("good.onnx", model.build().toByteArray()));
  }

  @Test
  void operatorSetNewerThanTheRuntimes() throws IOException {
    ModelProto.Builder model = proto(scaled()).toBuilder();
    model.getOpsetImportBuilder(0).setVersion(Opset.NEWEST + 1);

    assertNotDifferentiable(
        model.build(),
        "bad",
        "operator set " + (Opset.NEWEST + 1),
        "newer than " + Opset.NEWEST,
        "opset_version=" + Opset.NEWEST);
  }

  /** What is said of the runtime is so. */
  @Test
  void newestOperatorSetThatTheRuntimeReads() throws IOException {
    ModelProto.Builder model = proto(scaled()).toBuilder();
    model.getOpsetImportBuilder(0).setVersion(Opset.NEWEST);
    assertScales(file("newest.onnx", model.build().toByteArray()));

    OnnxModel newer =
        new OnnxModel(
            "newer",
            Opset.NEWEST + 1,
            scaled().inputs(),
            scaled().outputs(),
            scaled().nodes(),
            scaled().initializers());
    assertRefused(() -> engine.load(newer), "newer", "till opset " + Opset.NEWEST);
  }

  @Test
  void noOperatorSet() throws IOException {
    assertNotDifferentiable(proto(scaled()).toBuilder().clearOpsetImport().build(), "bad");
  }

  @Test
  void functionThatCallsItself() throws IOException {
    NodeProto call =
        NodeProto.newBuilder().setDomain("own").setOpType("Swish").addOutput("y").build();
    FunctionProto function =
        FunctionProto.newBuilder().setDomain("own").setName("Swish").addNode(call).build();
    ModelProto.Builder model = proto(scaled()).toBuilder().addFunctions(function);
    model.getGraphBuilder().addNode(call);

    assertNotDifferentiable(model.build(), "bad", "Swish", "calls itself");
  }

  /** Each calls the one before twice: 2⁶⁰ nodes. */
  @Test
  void functionsThatUnfoldWithoutEnd() throws IOException {
    ModelProto.Builder model = proto(scaled()).toBuilder();
    NodeProto.Builder call = NodeProto.newBuilder().setDomain("own").addInput(X).addOutput("y");
    for (int depth = 1; depth <= 60; depth++) {
      NodeProto inner = call.setOpType("f" + (depth - 1)).build();
      model.addFunctions(
          FunctionProto.newBuilder()
              .setDomain("own")
              .setName("f" + depth)
              .addNode(inner)
              .addNode(inner));
    }
    model.getGraphBuilder().addNode(call.setOpType("f60"));

    assertNotDifferentiable(model.build(), "bad", "f", "nodes");
  }

  @Test
  void nodesInACircle() throws IOException {
    ModelProto.Builder model = proto(scaled()).toBuilder();
    model.getGraphBuilder().getNodeBuilder(0).setInput(0, model.getGraph().getNode(0).getOutput(0));

    assertNotDifferentiable(model.build(), "bad", "(Gemm)", "nothing before it computes");
  }

  @Test
  void sparseWeights() throws IOException {
    ModelProto.Builder model = proto(scaled()).toBuilder();
    model.getGraphBuilder().addSparseInitializer(SparseTensorProto.getDefaultInstance());

    assertNotDifferentiable(model.build(), "bad", "sparse");
  }

  @Test
  void nodeWithoutANameThatComputesNothingIsCalledByItsPosition() throws IOException {
    ModelProto.Builder model = proto(scaled()).toBuilder();
    model.getGraphBuilder().addNode(NodeProto.newBuilder().setOpType("Relu").addInput(X));

    assertNotDifferentiable(model.build(), "Node 2 (Relu) of bad computes nothing");
  }

  @Test
  void severalInputs() {
    OnnxModel one = scaled();
    OnnxModel two =
        new OnnxModel(
            "two",
            one.opset(),
            List.of(one.input(), new OnnxModel.Value("mask", FLOAT, List.of(-1L, 2L))),
            one.outputs(),
            one.nodes(),
            one.initializers());

    assertNotDifferentiable(two, "two", "2 inputs", X, "mask");
  }

  @Test
  void noInput() {
    OnnxModel one = scaled();
    OnnxModel none =
        new OnnxModel(
            "none", one.opset(), List.of(), one.outputs(), one.nodes(), one.initializers());

    assertNotDifferentiable(none, "none", "0 inputs");
  }

  @Test
  void severalOutputs() {
    OnnxModel one = scaled();
    OnnxModel two =
        new OnnxModel(
            "two",
            one.opset(),
            one.inputs(),
            List.of(one.output(), new OnnxModel.Value(X, FLOAT, null)),
            one.nodes(),
            one.initializers());

    assertNotDifferentiable(two, "two", "2 outputs", one.output().name(), X);
  }

  @ParameterizedTest
  @ValueSource(strings = {"DOUBLE", "FLOAT16", "INT64", "UNDEFINED"})
  void inputOfAnotherType(String type) {
    int number = TensorProto.DataType.valueOf(type).getNumber();
    OnnxModel model = withInput(scaled(), new OnnxModel.Value(X, number, List.of(-1L, 2L)));

    assertNotDifferentiable(model, "scaled", X, "float32");
  }

  @Test
  void outputOfAnotherType() {
    OnnxModel model = scaled();
    OnnxModel.Value output =
        new OnnxModel.Value(model.output().name(), TensorProto.DataType.DOUBLE_VALUE, null);
    OnnxModel wide =
        new OnnxModel(
            "wide",
            model.opset(),
            model.inputs(),
            List.of(output),
            model.nodes(),
            model.initializers());

    assertNotDifferentiable(wide, "wide", output.name());
  }

  @Test
  void fixedBatch() {
    assertNotDifferentiable(
        withInput(scaled(), new OnnxModel.Value(X, FLOAT, List.of(8L, 2L))), "scaled", X, "8");
  }

  @Test
  void openImageSize() {
    assertNotDifferentiable(
        withInput(scaled(), new OnnxModel.Value(X, FLOAT, List.of(-1L, -1L))), "scaled", X);
  }

  @Test
  void unstatedShape() {
    assertNotDifferentiable(withInput(scaled(), new OnnxModel.Value(X, FLOAT, null)), "scaled", X);
    assertNotDifferentiable(
        withInput(scaled(), new OnnxModel.Value(X, FLOAT, List.of())), "scaled", X);
  }

  @ParameterizedTest
  @ValueSource(longs = {1L << 30, 1L << 31, 1L << 33, 1L << 40, Long.MAX_VALUE})
  void absurdImageSize(long size) {
    TestGraph graph = new TestGraph(size, 3);
    OnnxModel model = graph.model("huge", graph.node("Relu", List.of(X)));

    assertNotDifferentiable(model, "huge", X);
  }

  @Test
  void weightsThatFillTheMemory() throws IOException {
    TestGraph graph = new TestGraph(3);
    String one = graph.node("ConstantOfShape", List.of(graph.longs(1L << 28, 1)));
    String two = graph.node("ConstantOfShape", List.of(graph.longs((1L << 28) + 1, 1)));
    String sums = graph.node("Sum", List.of(X, sum(graph, one), sum(graph, two)));

    assertNotDifferentiable(proto(graph.model("filled", sums)), "bad", "more than 536870912");
  }

  private static String sum(TestGraph graph, String value) {
    return graph.node("ReduceSum", List.of(value), Attributes.of("keepdims", 0L));
  }
}
