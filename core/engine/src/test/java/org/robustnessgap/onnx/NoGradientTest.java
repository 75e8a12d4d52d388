package org.robustnessgap.onnx;

import static org.robustnessgap.onnx.TestGraph.X;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.OnnxModel;

/** Models of operators that have rules, and that have no gradient nonetheless. */
class NoGradientTest extends BadModels {
  @Test
  void outputThatDoesNotDependOnTheInput() {
    TestGraph graph = new TestGraph(2);
    String shape = graph.node("Shape", List.of(X));
    String zeros = graph.node("ConstantOfShape", List.of(shape));

    assertNotDifferentiable(graph.model("constant", zeros), "constant", X, "does not depend");
  }

  @Test
  void outputThatDependsOnTheInputThroughWholeNumbersOnly() {
    TestGraph graph = new TestGraph(2);
    String index =
        graph.node(
            "Cast", List.of(X), Attributes.of("to", (long) TensorProto.DataType.INT64_VALUE));
    String isThree = graph.node("Equal", List.of(index, graph.longs(3)));
    String oneHot =
        graph.node(
            "Cast", List.of(isThree), Attributes.of("to", (long) TensorProto.DataType.FLOAT_VALUE));

    assertNotDifferentiable(
        graph.model("bytes", oneHot), "bytes", X, "whole numbers", "(Cast)", "no gradient");
  }

  @Test
  void labelsAsNumbersAreToldFromScores() {
    TestGraph hard = new TestGraph(3);
    assertNotDifferentiable(
        hard.model("hard", hard.node("Hardmax", List.of(X))), "(Hardmax)", "export the scores");
    TestGraph largest = new TestGraph(3);
    String index = largest.node("ArgMax", List.of(X), Attributes.of("axis", 1L));
    String label =
        largest.node(
            "Cast", List.of(index), Attributes.of("to", (long) TensorProto.DataType.FLOAT_VALUE));
    assertNotDifferentiable(
        largest.model("largest", label), "(ArgMax)", "Export the scores before it");
  }

  /** Means over the batch are no weights of one image, so they are not rewritten either. */
  @ParameterizedTest
  @ValueSource(strings = {"Conv", "ConvTranspose"})
  void weightsComputedFromTheImage(String operator) {
    TestGraph graph = new TestGraph(1, 4);
    String weights = graph.node("ReduceMean", List.of(X, graph.longs(0)));
    OnnxModel model = graph.model("computed", graph.node(operator, List.of(X, weights)));

    assertNotDifferentiable(model, "computed", operator, "weight depends on the image");
  }

  @Test
  void scaleOfBatchNormalizationComputedFromTheImage() {
    TestGraph graph = new TestGraph(1);
    String one = graph.floats(new float[] {1}, 1);
    String scale =
        graph.node("ReduceMean", List.of(X, graph.longs(0)), Attributes.of("keepdims", 0L));
    OnnxModel model =
        graph.model("norm", graph.node("BatchNormalization", List.of(X, scale, one, one, one)));

    assertNotDifferentiable(model, "norm", "(BatchNormalization)", "scale depends on the image");
  }

  @Test
  void biasComputedFromTheImage() {
    TestGraph graph = new TestGraph(1, 4);
    String weights = graph.floats(new float[] {1, 2, 3}, 1, 1, 3);
    String bias =
        graph.node("ReduceMean", List.of(X, graph.longs(0, 2)), Attributes.of("keepdims", 0L));
    OnnxModel model = graph.model("bias", graph.node("Conv", List.of(X, weights, bias)));

    assertNotDifferentiable(model, "bias", "(Conv)", "depends on the image");
  }

  @ParameterizedTest
  @ValueSource(longs = {15, 17, 18, 20})
  void batchNormalizationInTraining(long version) throws IOException {
    TestGraph graph = new TestGraph(1).opset(version);
    String one = graph.floats(new float[] {1}, 1);
    String y =
        graph.node(
            "BatchNormalization",
            List.of(X, one, one, one, one),
            Attributes.of("training_mode", 1L));
    ModelProto.Builder model = proto(graph.model("training", y)).toBuilder();
    NodeProto.Builder node = model.getGraphBuilder().getNodeBuilder(0);
    node.addOutput("running_mean").addOutput("running_variance");

    assertNotDifferentiable(model.build(), "bad", "(BatchNormalization)", "eval mode");
  }

  @Test
  void dropoutInTraining() {
    TestGraph graph = new TestGraph(2);
    String ratio = graph.floats(new float[] {0.5f});
    String y = graph.node("Dropout", List.of(X, ratio, graph.truth(true)));
    OnnxModel model = graph.model("noisy", y);

    assertNotDifferentiable(model, "noisy", "(Dropout)", "eval mode");
  }

  /** With a dilation of 2, this window steps over the only element. */
  @Test
  void windowThatSeesNothing() {
    TestGraph graph = new TestGraph(1, 1);
    String y =
        graph.node(
            "MaxPool",
            List.of(X),
            Attributes.of("kernel_shape", new long[] {2}),
            Attributes.of("dilations", new long[] {2}),
            Attributes.of("pads", new long[] {1, 1}));

    assertNotDifferentiable(graph.model("empty", y), "empty", "(MaxPool)", "no element");
  }
}
