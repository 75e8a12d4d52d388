package org.robustnessgap.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.robustnessgap.onnx.Refusals.assertRefused;
import static org.robustnessgap.onnx.TestGraph.FLOAT;
import static org.robustnessgap.onnx.TestGraph.X;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.Golden;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.onnx.adjoint.Differentiator;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.Composition;
import org.robustnessgap.onnx.graph.NodeContext;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.Opset;

/** Files and models that cannot be attacked are refused with one sentence that says why. */
class BadModelTest {
  private static final long[] ONE_ROW = {1, 2};

  private final Engine engine = new OnnxRuntimeEngine(1);

  @TempDir private Path folder;

  private Path file(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  private void assertNotDifferentiable(OnnxModel model, String... named) {
    assertRefused(() -> Differentiator.differentiate(model, engine), named);
  }

  /** Reads and differentiates a file that states its model in full. */
  private void assertNotDifferentiable(ModelProto proto, String... named) throws IOException {
    Path file = file("bad.onnx", proto.toByteArray());
    assertRefused(
        () -> Differentiator.differentiate(ModelImport.read(file, engine), engine), named);
  }

  private static ModelProto proto(OnnxModel model) {
    try {
      return ModelProto.parseFrom(model.toBytes());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static OnnxModel scaled() {
    TestGraph graph = new TestGraph(2);
    String weights = graph.floats(new float[] {3, 0, 0, 5}, 2, 2);
    return graph.model("scaled", graph.node("Gemm", List.of(X, weights)));
  }

  private static OnnxModel withInput(OnnxModel model, OnnxModel.Value input) {
    return new OnnxModel(
        model.name(),
        model.opset(),
        List.of(input),
        model.outputs(),
        model.nodes(),
        model.initializers());
  }

  @Test
  void missingFile() {
    assertRefused(() -> OnnxModel.read(folder.resolve("absent.onnx")), "absent.onnx", "no file");
  }

  @Test
  void directory() {
    assertRefused(() -> OnnxModel.read(folder), folder.toString(), "directory");
  }

  @Test
  void emptyFile() throws IOException {
    Path file = file("empty.onnx", new byte[0]);

    assertRefused(() -> OnnxModel.read(file), "empty.onnx", "not an ONNX model");
  }

  @Test
  void text() throws IOException {
    Path file = file("text.onnx", "this is\nno model\n".getBytes());

    assertRefused(() -> OnnxModel.read(file), "text.onnx", "not an ONNX model");
  }

  @Test
  void randomBytes() throws IOException {
    for (int seed = 0; seed < 50; seed++) {
      byte[] bytes = new byte[1 + seed * 40];
      new Random(seed).nextBytes(bytes);
      Path file = file("noise.onnx", bytes);

      assertRefused(() -> OnnxModel.read(file), "noise.onnx");
    }
  }

  @Test
  void truncatedModel() throws IOException {
    byte[] whole = Files.readAllBytes(Golden.model("mnist-mlp"));
    for (int percent = 5; percent < 100; percent += 5) {
      Path file = file("cut.onnx", Arrays.copyOf(whole, whole.length / 100 * percent));

      assertRefused(() -> OnnxModel.read(file), "cut.onnx", "not an ONNX model");
    }
  }

  /** The weights of {@link #scaled} in another file. */
  private Path externalModel(Map<String, String> entries) throws IOException {
    return externalModel(folder, entries);
  }

  private static Path externalModel(Path into, Map<String, String> entries) throws IOException {
    ModelProto.Builder model = proto(scaled()).toBuilder();
    TensorProto.Builder weights = model.getGraphBuilder().getInitializerBuilder(0);
    weights.clearRawData().setDataLocation(TensorProto.DataLocation.EXTERNAL);
    entries.forEach(
        (key, value) ->
            weights.addExternalData(
                StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
    return Files.write(into.resolve("external.onnx"), model.build().toByteArray());
  }

  private static byte[] weights() {
    ByteBuffer bytes = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putFloat(-1).putFloat(3).putFloat(0).putFloat(0).putFloat(5);
    return bytes.array();
  }

  private void assertScales(Path file) {
    try (Executable loaded = engine.load(OnnxModel.read(file))) {
      assertThat(loaded.run(new Tensor(new float[] {1, 1}, ONE_ROW)).get(0).values())
          .containsExactly(3, 5);
    }
  }

  @Test
  void externalWeightsAreRead() throws IOException {
    file("weights.bin", weights());

    assertScales(externalModel(Map.of("location", "weights.bin", "offset", "4")));
    assertScales(externalModel(Map.of("location", "weights.bin", "offset", "4", "length", "16")));
  }

  @Test
  void externalWeightsAreFoundThroughARoundaboutPath() throws IOException {
    Files.createDirectories(folder.resolve("models"));
    Path file =
        externalModel(folder.resolve("models"), Map.of("location", "weights.bin", "offset", "4"));
    Files.write(folder.resolve("models").resolve("weights.bin"), weights());

    assertScales(folder.resolve("models").resolve("..").resolve("models").resolve("external.onnx"));
    assertScales(file);
  }

  @Test
  void externalWeightsMissing() throws IOException {
    Path file = externalModel(Map.of("location", "gone.bin"));

    assertRefused(() -> OnnxModel.read(file), "external", "gone.bin", "missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../weights.bin", "/etc/hostname", "a/../../weights.bin", ""})
  void externalWeightsOutsideTheFolder(String location) throws IOException {
    Files.write(folder.resolve("weights.bin"), weights());
    Path inner = Files.createDirectories(folder.resolve("inner"));
    Path file = externalModel(inner, Map.of("location", location));

    assertRefused(() -> OnnxModel.read(file), "external", "outside");
  }

  @Test
  void externalWeightsAtAnImpossiblePath() throws IOException {
    Path file = externalModel(Map.of("location", "we\0ights"));

    assertRefused(() -> OnnxModel.read(file), "external");
  }

  @ParameterizedTest
  @CsvSource({
    "8, 16",
    "0, 21",
    "-4, 16",
    "0, -1",
    "21, 0",
    "9223372036854775807, 16",
    "4, 9223372036854775807",
    "four, 16",
    "4, 1e1"
  })
  void externalWeightsBeyondTheirFile(String offset, String length) throws IOException {
    file("weights.bin", weights());
    Path file =
        externalModel(Map.of("location", "weights.bin", "offset", offset, "length", length));

    assertRefused(() -> OnnxModel.read(file), "external", "weights.bin");
  }

  @Test
  void externalWeightsOfTheWrongLength() throws IOException {
    file("weights.bin", weights());
    Path file = externalModel(Map.of("location", "weights.bin", "length", "8"));

    assertRefused(() -> engine.load(OnnxModel.read(file)), "external");
  }

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
  void nodeWithoutANameThatComputesNothingIsCalledByItsPosition() throws IOException {
    ModelProto.Builder model = proto(scaled()).toBuilder();
    model.getGraphBuilder().addNode(NodeProto.newBuilder().setOpType("Relu").addInput(X));

    assertNotDifferentiable(model.build(), "Node 2 (Relu) of bad computes nothing");
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
  void generatorAndClassifierOfDifferentImages() {
    OnnxModel generator = OnnxModel.read(Golden.model("mnist-dcgan"));
    OnnxModel classifier = OnnxModel.read(Golden.model("cifar10-lenet"));

    assertRefused(
        () -> Composition.of(generator, classifier),
        "mnist-dcgan",
        "[n, 1, 28, 28]",
        "cifar10-lenet",
        "[n, 3, 32, 32]");
  }

  @Test
  void generatorAndClassifierThatDoNotStateTheirMismatch() {
    OnnxModel generator = scaled();
    TestGraph graph = new TestGraph(3);
    OnnxModel classifier =
        graph.model("three", graph.node("Gemm", List.of(X, graph.floats(new float[3], 3, 1))));

    assertRefused(
        () -> Differentiator.differentiate(Composition.of(generator, classifier), engine),
        "three",
        "scaled");
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
