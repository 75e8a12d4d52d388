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
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.messages.ModelOptions;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.Precision;
import org.robustnessgap.onnx.graph.Subgraphs;
import org.robustnessgap.onnx.graph.Tensors;

/** Models in the forms that exporters give them. */
class ModelImportTest {
  private final Engine engine = new OnnxRuntimeEngine(1);

  @TempDir private Path folder;

  private OnnxModel imported(OnnxModel model, UnaryOperator<ModelProto> change) throws IOException {
    ModelProto proto = change.apply(ModelProto.parseFrom(model.toBytes()));
    return ModelImport.read(
        Files.write(folder.resolve("exported.onnx"), proto.toByteArray()), engine);
  }

  private OnnxModel imported(OnnxModel model) throws IOException {
    return imported(model, proto -> proto);
  }

  private OnnxModel read(Path file, ModelOptions options) {
    return ModelImport.read(file, options, List.of(), engine);
  }

  private static ModelOptions output(String name) {
    return new ModelOptions(name, null, null, null, null);
  }

  private static OnnxModel withInput(OnnxModel model, int elementType, Long... shape) {
    return new OnnxModel(
        model.name(),
        model.opset(),
        List.of(new OnnxModel.Value(X, elementType, List.of(shape))),
        model.outputs(),
        model.nodes(),
        model.initializers());
  }

  private float[] outputs(OnnxModel model, long[] shape, float... x) {
    try (Executable loaded = engine.load(model)) {
      return loaded.run(new Tensor(x, shape)).get(0).values();
    }
  }

  private void checkGradient(OnnxModel model) {
    new GradientCheck(engine)
        .check(model.name(), model, Points.SMOOTH_GRID, new SplittableRandom(1));
  }

  private static NodeProto node(String operator, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(operator)
        .addAllInput(List.of(inputs))
        .addOutput(output)
        .build();
  }

  private static AttributeProto reference(String name, String of) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setRefAttrName(of)
        .setType(AttributeProto.AttributeType.FLOAT)
        .build();
  }

  /** own.Twice(x; slope = 0.5, beta) = Leaky(Leaky(x)) with an own.Leaky of slope alpha. */
  private static ModelProto withFunctions(ModelProto model) {
    FunctionProto leaky =
        FunctionProto.newBuilder()
            .setDomain("own")
            .setName("Leaky")
            .addInput("a")
            .addInput("unused")
            .addOutput("b")
            .addAttribute("alpha")
            .addNode(
                node("LeakyRelu", "b", "a").toBuilder().addAttribute(reference("alpha", "alpha")))
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OnnxModel.OPSET))
            .build();
    NodeProto.Builder call =
        node("Leaky", "m", "a").toBuilder()
            .setDomain("own")
            .addAttribute(reference("alpha", "slope"));
    FunctionProto twice =
        FunctionProto.newBuilder()
            .setDomain("own")
            .setName("Twice")
            .addInput("a")
            .addOutput("b")
            .addAttributeProto(Attributes.of("slope", 0.5f))
            .addNode(call)
            .addNode(call.clone().setInput(0, "m").setOutput(0, "b"))
            .build();
    ModelProto.Builder changed = model.toBuilder().addFunctions(twice).addFunctions(leaky);
    changed.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("own").setVersion(1));
    GraphProto.Builder graph = changed.getGraphBuilder();
    graph.clearNode();
    graph.addNode(node("Twice", "once", X).toBuilder().setDomain("own"));
    graph.addNode(
        node("Twice", "y", "once").toBuilder()
            .setDomain("own")
            .addAttribute(Attributes.of("slope", 2f)));
    graph.getOutputBuilder(0).setName("y");
    return changed.build();
  }

  @Test
  void ownFunctionsAreInlined() throws IOException {
    TestGraph graph = new TestGraph(2);
    OnnxModel model =
        imported(
            graph.model("own", graph.node("Relu", List.of(X))), ModelImportTest::withFunctions);

    // 0.5² · 2² = 1 on the negative side.
    assertThat(outputs(model, new long[] {1, 2}, -8, 3)).containsExactly(-8, 3);
    assertThat(model.nodes()).hasSize(4).allMatch(node -> node.getOpType().equals("LeakyRelu"));
    checkGradient(model);
  }

  private static AttributeProto branch(String name, NodeProto... nodes) {
    GraphProto.Builder graph = GraphProto.newBuilder().setName(name).addAllNode(List.of(nodes));
    graph.addInitializer(Tensors.floats("two", new float[] {2}));
    graph.addOutput(
        new OnnxModel.Value(nodes[nodes.length - 1].getOutput(0), FLOAT, null).toProto());
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.GRAPH)
        .setG(graph)
        .build();
  }

  /** As TorchScript writes squeeze: by the size of an axis, within another such choice. */
  @ParameterizedTest
  @CsvSource({"1, 2", "3, -2"})
  void theBranchThatIsAlwaysTakenIsInlined(long width, float slope) throws IOException {
    TestGraph graph = new TestGraph(width, 1);
    String size =
        graph.node(
            "Gather",
            List.of(graph.node("Shape", List.of(X)), graph.longScalar(1)),
            Attributes.of("axis", 0L));
    String one = graph.node("Equal", List.of(size, graph.longScalar(1)));
    NodeProto inner =
        node("If", "inner", one).toBuilder()
            .addAttribute(branch("then_branch", node("Mul", "product", X, "two")))
            .addAttribute(branch("else_branch", node("Neg", "product", X)))
            .build();
    String y =
        graph.node(
            "If",
            List.of(one),
            branch("then_branch", inner),
            branch("else_branch", node("Neg", "n", X), node("Mul", "product", "n", "two")));
    OnnxModel model = imported(graph.model("squeezed", y));

    assertThat(model.nodes()).noneMatch(Subgraphs::has);
    float[] values = new float[(int) width];
    values[0] = 1;
    assertThat(outputs(model, new long[] {1, width, 1}, values)[0]).isEqualTo(slope);
    checkGradient(model);
  }

  @ParameterizedTest
  @CsvSource({"FLOAT16", "BFLOAT16", "DOUBLE"})
  void otherPrecisionsBecomeFloat32(DataType type) throws IOException {
    TestGraph graph = new TestGraph(2);
    byte[] bytes =
        switch (type) {
          // 1.5, −0.25
          case FLOAT16 -> new byte[] {0, 0x3e, 0, (byte) 0xb4};
          case BFLOAT16 -> new byte[] {(byte) 0xc0, 0x3f, (byte) 0x80, (byte) 0xbe};
          default ->
              new byte[] {
                0, 0, 0, 0, 0, 0, (byte) 0xf8, 0x3f, 0, 0, 0, 0, 0, 0, (byte) 0xd0, (byte) 0xbf
              };
        };
    String weights = graph.raw(type.getNumber(), bytes, 2);
    String product = graph.node("Mul", List.of(X, weights));
    String narrow =
        graph.node("Cast", List.of(product), Attributes.of("to", (long) type.getNumber()));
    OnnxModel stored = graph.model("stored", graph.node("Mul", List.of(narrow, weights)));
    OnnxModel whole =
        new OnnxModel(
            stored.name(),
            stored.opset(),
            List.of(new OnnxModel.Value(X, type.getNumber(), List.of(-1L, 2L))),
            List.of(new OnnxModel.Value(stored.output().name(), type.getNumber(), null)),
            stored.nodes(),
            stored.initializers());
    OnnxModel model = imported(whole);

    assertThat(outputs(model, new long[] {1, 2}, 4, 16)).containsExactly(9, 1);
    checkGradient(model);
  }

  @Test
  void halvesOfEveryKind() {
    assertThat(Precision.ofHalf(0x0001)).isEqualTo(0x1p-24f);
    assertThat(Precision.ofHalf(0x03ff)).isEqualTo(1023 * 0x1p-24f);
    assertThat(Precision.ofHalf(0x0400)).isEqualTo(0x1p-14f);
    assertThat(Precision.ofHalf(0x7bff)).isEqualTo(65504f);
    assertThat(Precision.ofHalf(0xfc00)).isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(Precision.ofHalf(0x7e00)).isNaN();
    assertThat(Precision.ofHalf(0x8000)).isEqualTo(-0f);
  }

  @Test
  void pixelsThatTheModelItselfConverts() throws IOException {
    TestGraph graph = new TestGraph(2, 3);
    String moved = graph.node("Transpose", List.of(X), Attributes.of("perm", new long[] {0, 2, 1}));
    String real = graph.node("Cast", List.of(moved), Attributes.of("to", (long) FLOAT));
    String scaled = graph.node("Div", List.of(real, graph.floats(new float[] {255})));
    OnnxModel model =
        imported(withInput(graph.model("pixels", scaled), DataType.UINT8_VALUE, -1L, 2L, 3L));

    assertThat(model.input().describe()).isEqualTo("x float [n, 2, 3]");
    checkGradient(model);
  }

  private static OnnxModel withOutputs(OnnxModel model, String... names) {
    return model.withOutputs(
        List.of(names).stream().map(name -> new OnnxModel.Value(name, FLOAT, null)).toList());
  }

  @Test
  void severalOutputsAreNotGuessed() throws IOException {
    TestGraph graph = new TestGraph(2);
    String first = graph.node("Neg", List.of(X));
    String labels = graph.node("ArgMax", List.of(X), Attributes.of("axis", 1L));
    String second = graph.node("Abs", List.of(X));
    OnnxModel two = withOutputs(graph.model("two", second), first, second);
    OnnxModel labelled =
        two.withOutputs(
            List.of(
                new OnnxModel.Value(labels, DataType.INT64_VALUE, null),
                new OnnxModel.Value(second, FLOAT, null)));

    Path file = Files.write(folder.resolve("two.onnx"), two.toBytes());
    assertRefused(() -> imported(two), "several outputs", first, second, "--output NAME");
    assertThat(read(file, output(second)).output().name()).isEqualTo(second);
    assertRefused(() -> read(file, output("scores")), "no output scores", first, second);
    assertThat(imported(labelled).output().name()).isEqualTo(second);
    assertThat(imported(labelled).nodes()).hasSize(1);
    OnnxModel named =
        imported(
            two,
            proto -> {
              ModelProto.Builder changed = proto.toBuilder();
              changed.getGraphBuilder().addNode(node("Exp", "logits", X));
              changed
                  .getGraphBuilder()
                  .addOutput(new OnnxModel.Value("logits", FLOAT, null).toProto());
              return changed.build();
            });
    assertThat(named.output().name()).isEqualTo("logits");
  }

  /** A recurrent network's state [2, n, 2] has a place for each image on its second axis. */
  @Test
  void aFixedInputIsRepeatedAlongTheAxisThatIsCalledAsTheBatch() throws IOException {
    TestGraph graph = new TestGraph(2);
    String first = graph.node("Gather", List.of("state", graph.longs(0)));
    String row = graph.node("Squeeze", List.of(first, graph.longs(0)));
    String y = graph.node("Concat", List.of(X, row), Attributes.of("axis", 1L));
    OnnxModel.Value state = new OnnxModel.Value("state", FLOAT, List.of(2L, -1L, 2L));
    ModelProto.Builder proto =
        ModelProto.parseFrom(graph.model("recurrent", y).toBytes()).toBuilder();
    String batch =
        proto.getGraph().getInput(0).getType().getTensorType().getShape().getDim(0).getDimParam();
    ValueInfoProto.Builder declared = state.toProto().toBuilder();
    declared
        .getTypeBuilder()
        .getTensorTypeBuilder()
        .getShapeBuilder()
        .getDimBuilder(1)
        .setDimParam(batch);
    proto.getGraphBuilder().addInput(declared);
    Path file = Files.write(folder.resolve("recurrent.onnx"), proto.build().toByteArray());

    ModelOptions fixed =
        new ModelOptions(null, null, null, Map.of("state", List.of(7.0, 8.0, 9.0, 9.0)), null);
    assertThat(outputs(read(file, fixed), new long[] {2, 2}, 1, 2, 3, 4))
        .containsExactly(1, 2, 7, 8, 3, 4, 7, 8);
  }

  /** Attention over parts of the image beside a class token, exported for one image. */
  private static OnnxModel tokens(long batch) {
    SplittableRandom random = new SplittableRandom(7);
    TestGraph graph = new TestGraph(4, 6);
    String token = graph.gaussian(random, 1, 1, 6);
    String all = graph.node("Concat", List.of(token, X), Attributes.of("axis", 1L));
    String first =
        graph.node("Transpose", List.of(all), Attributes.of("perm", new long[] {1, 0, 2}));
    String rows = graph.node("Reshape", List.of(first, graph.longs(5, 6)));
    String projected = graph.node("Gemm", List.of(rows, graph.gaussian(random, 6, 6)));
    String split = graph.node("Reshape", List.of(projected, graph.longs(5, 2, 3)));
    String heads =
        graph.node("Transpose", List.of(split), Attributes.of("perm", new long[] {1, 0, 2}));
    String turned =
        graph.node("Transpose", List.of(split), Attributes.of("perm", new long[] {1, 2, 0}));
    String weights = graph.node("Softmax", List.of(graph.node("MatMul", List.of(heads, turned))));
    String mixed = graph.node("MatMul", List.of(weights, heads));
    String back =
        graph.node("Transpose", List.of(mixed), Attributes.of("perm", new long[] {1, 0, 2}));
    String joined = graph.node("Reshape", List.of(back, graph.longs(5, 6)));
    String linear = graph.node("Gemm", List.of(joined, graph.gaussian(random, 6, 6)));
    String sequence = graph.node("Reshape", List.of(linear, graph.longs(5, 1, 6)));
    String batchFirst =
        graph.node("Transpose", List.of(sequence), Attributes.of("perm", new long[] {1, 0, 2}));
    String y =
        graph.node("Gather", List.of(batchFirst, graph.longScalar(0)), Attributes.of("axis", 1L));
    return withInput(graph.model("tokens", y), FLOAT, batch, 4L, 6L);
  }

  @Test
  void aBatchOfOneIsOpened() throws IOException {
    TestGraph graph = new TestGraph(2, 3);
    String shape = graph.longs(1, 6);
    String flat = graph.node("Reshape", List.of(X, shape));
    OnnxModel flattened = imported(withInput(graph.model("flat", flat), FLOAT, 1L, 2L, 3L));
    assertThat(flattened.input().describe()).isEqualTo("x float [n, 2, 3]");
    checkGradient(flattened);

    checkGradient(imported(tokens(1)));

    TestGraph pooled = new TestGraph(2, 3);
    String mean = pooled.node("ReduceMean", List.of(X, pooled.longs(2)));
    String vector = pooled.node("Reshape", List.of(mean, pooled.longs(-1)));
    String all = pooled.node("Reshape", List.of(pooled.longs(0, 1), pooled.longs(1, 2)));
    String strided = pooled.node("Gather", List.of(vector, all), Attributes.of("axis", 0L));
    checkGradient(imported(withInput(pooled.model("strided", strided), FLOAT, 1L, 2L, 3L)));
  }

  @Test
  void aBatchOfOneThatMixesItsRowsStaysClosed() throws IOException {
    TestGraph graph = new TestGraph(3);
    String mean = graph.node("ReduceMean", List.of(X, graph.longs(0)));
    String mixing = graph.node("Sub", List.of(X, mean));
    OnnxModel closed = withInput(graph.model("mixing", mixing), FLOAT, 1L, 3L);

    assertRefused(() -> imported(closed), "exported", X, "fixed batch of 1", "dynamic first axis");
  }

  /** As the light models of the onnx package have them: more numbers than an image may have. */
  @Test
  void weightsThatNodesMake() throws IOException {
    TestGraph graph = new TestGraph(2);
    String table = graph.node("ConstantOfShape", List.of(graph.longs(8200, 8200)));
    String zeros = graph.node("Gather", List.of(table, graph.longs(0, 8199)));
    String corner =
        graph.node("Slice", List.of(zeros, graph.longs(0), graph.longs(3), graph.longs(1)));
    String weights =
        graph.node("Add", List.of(corner, graph.gaussian(new SplittableRandom(3), 2, 3)));
    OnnxModel model = imported(graph.model("made", graph.node("MatMul", List.of(X, weights))));

    checkGradient(model);
  }
}
