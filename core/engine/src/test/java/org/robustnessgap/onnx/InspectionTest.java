package org.robustnessgap.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.robustnessgap.onnx.Refusals.assertRefused;
import static org.robustnessgap.onnx.TestGraph.X;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Golden;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.messages.ModelOptions;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.OnnxModel;

class InspectionTest {
  private final Engine engine = new OnnxRuntimeEngine(1);

  @TempDir private Path folder;

  private Inspection inspect(Path file) {
    return Inspection.of(
        file, ModelOptions.NONE, null, engine, model -> engine.load(model).close());
  }

  @Test
  void aModelThatCanBeAttacked() {
    Inspection found = inspect(Golden.model("mnist-mlp"));

    assertThat(found.differentiable()).isTrue();
    assertThat(found.obstacles()).isEmpty();
    assertThat(found.opset()).isEqualTo(13);
    assertThat(found.inputs())
        .extracting(OnnxModel.Value::describe)
        .containsExactly("image float [n, 1, 28, 28]");
    // 784-256-128-10 with biases.
    assertThat(found.parameters()).isEqualTo(235_146);
    assertThat(found.operators()).containsEntry("Relu", 2).containsEntry("Gemm", 3);
  }

  @Test
  void aModelThatCannotBeDifferentiated() throws IOException {
    TestGraph graph = new TestGraph(2);
    String hard = graph.node("Hardmax", List.of(X));
    OnnxModel model = graph.model("steps", graph.node("Bernoulli", List.of(hard)));
    Inspection found = inspect(Files.write(folder.resolve("steps.onnx"), model.toBytes()));

    assertThat(found.differentiable()).isFalse();
    assertThat(found.obstacles())
        .containsExactly("node/Hardmax_0 (Hardmax)", "node/Bernoulli_1 (Bernoulli)");
    assertThat(found.refusal()).contains("steps", "(Hardmax)").doesNotContain("\n");
    assertThat(found.operators()).isEqualTo(Map.of("Hardmax", 1, "Bernoulli", 1));
  }

  @Test
  void treesHaveNoGradientAndTheRefusalSaysSo() throws IOException {
    TestGraph graph = new TestGraph(2);
    String y =
        graph.node(
            "ai.onnx.ml",
            1,
            "TreeEnsembleRegressor",
            List.of(X),
            Attributes.of("n_targets", 1L),
            Attributes.of("nodes_treeids", new long[] {0, 0, 0}),
            Attributes.of("nodes_nodeids", new long[] {0, 1, 2}),
            Attributes.of("nodes_featureids", new long[] {0, 0, 0}),
            reals("nodes_values", 0.5f, 0, 0),
            modes("BRANCH_LEQ", "LEAF", "LEAF"),
            Attributes.of("nodes_truenodeids", new long[] {1, 0, 0}),
            Attributes.of("nodes_falsenodeids", new long[] {2, 0, 0}),
            Attributes.of("target_treeids", new long[] {0, 0}),
            Attributes.of("target_nodeids", new long[] {1, 2}),
            Attributes.of("target_ids", new long[] {0, 0}),
            reals("target_weights", 1, 2));
    Inspection found =
        inspect(Files.write(folder.resolve("trees.onnx"), graph.model("trees", y).toBytes()));

    assertThat(found.refusal()).contains("trees have no gradient", y + " (TreeEnsembleRegressor)");
    assertThat(found.obstacles()).containsExactly(y + " (TreeEnsembleRegressor)");
  }

  private static AttributeProto reals(String name, float... values) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.FLOATS);
    for (float value : values) {
      attribute.addFloats(value);
    }
    return attribute.build();
  }

  private static AttributeProto modes(String... values) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder()
            .setName("nodes_modes")
            .setType(AttributeProto.AttributeType.STRINGS);
    for (String value : values) {
      attribute.addStrings(ByteString.copyFromUtf8(value));
    }
    return attribute.build();
  }

  @Test
  void estimatesAndTheOutputOfSeveralAreNamed() throws IOException {
    TestGraph graph = new TestGraph(2);
    String scale = graph.floats(new float[] {0.1f});
    String zero = graph.integers(TensorProto.DataType.INT8_VALUE, new int[] {0});
    String quantized = graph.node("QuantizeLinear", List.of(X, scale, zero));
    String y = graph.node("DequantizeLinear", List.of(quantized, scale, zero));
    String z = graph.node("Neg", List.of(X));
    OnnxModel model =
        graph
            .model("quantized", y)
            .withOutputs(
                List.of(
                    new OnnxModel.Value(y, TestGraph.FLOAT, null),
                    new OnnxModel.Value(z, TestGraph.FLOAT, null)));
    Path file = Files.write(folder.resolve("quantized.onnx"), model.toBytes());
    ModelOptions named = new ModelOptions(y, null, null, null, null);
    Inspection found =
        Inspection.of(file, named, null, engine, loaded -> engine.load(loaded).close());

    assertThat(inspect(file).refusal()).contains("several outputs", y, z, "--output");
    assertThat(found.differentiable()).isTrue();
    assertThat(found.attacked()).isEqualTo(y);
    assertThat(found.straightThrough()).containsExactly(quantized + " (QuantizeLinear)");
  }

  @Test
  void whatASearchGoesByIsNamed() throws IOException {
    TestGraph graph = new TestGraph(2);
    String scores = graph.node("Neg", List.of(X));
    OnnxModel model = graph.model("certain", graph.node("Softmax", List.of(scores)));
    Inspection found = inspect(Files.write(folder.resolve("certain.onnx"), model.toBytes()));

    assertThat(found.scores()).startsWith(scores);
    assertThat(inspect(Golden.model("mnist-mlp")).scores()).isNull();
  }

  @Test
  void aFileThatIsNoModel() throws IOException {
    Path file = Files.write(folder.resolve("text.onnx"), "no model".getBytes());

    assertRefused(() -> inspect(file), "text.onnx", "not an ONNX model");
    assertRefused(() -> inspect(folder.resolve("absent.onnx")), "absent.onnx", "no file");
  }
}
