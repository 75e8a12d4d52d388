package org.robustnessgap.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.robustnessgap.onnx.Refusals.assertRefused;
import static org.robustnessgap.onnx.TestGraph.FLOAT;
import static org.robustnessgap.onnx.TestGraph.X;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.onnx.batch.OpenBatch;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.Tensors;
import org.robustnessgap.onnx.lowering.Lowering;

/** Convolutions with weights that depend on the image, exported for batches of one size. */
class ModulatedConvolutionTest {
  private static final int CASES = 12;
  private static final int BATCHES = 2;
  private static final double ROUNDING = 1e-4;

  private final Engine engine = new OnnxRuntimeEngine(1);

  /** The case with weights W + A x for constants W and A, and one group more for each image. */
  private static OnnxModel modulated(OnnxModel plain, int batch, SplittableRandom random) {
    NodeProto node = plain.nodes().get(plain.nodes().size() - 1);
    long[] image = plain.input().shape().stream().skip(1).mapToLong(Long::longValue).toArray();
    long[] weights = Tensors.shape(plain.initializers().get(node.getInput(1)));
    long group = new Attributes(node).integer("group", 1);
    boolean transposed = node.getOpType().equals("ConvTranspose");
    long outputs = transposed ? weights[1] * group : weights[0];

    TestGraph graph = new TestGraph(image);
    String rows = reshaped(graph, X, batch, TestGraph.size(image));
    String a = graph.uniform(random, -0.5, 0.5, TestGraph.size(image), TestGraph.size(weights));
    String style = graph.node("MatMul", List.of(rows, a));
    String kernels =
        graph.node("Add", List.of(style, graph.gaussian(random, TestGraph.size(weights))));
    long[] all = weights.clone();
    all[0] *= batch;
    long[] one = image.clone();
    one[0] *= batch;
    List<String> inputs =
        new ArrayList<>(
            List.of(
                reshaped(
                    graph, X, LongStream.concat(LongStream.of(1), Arrays.stream(one)).toArray()),
                reshaped(graph, kernels, all)));
    if (node.getInputCount() > 2) {
      String each =
          graph.node(
              "MatMul", List.of(rows, graph.gaussian(random, TestGraph.size(image), outputs)));
      inputs.add(reshaped(graph, each, batch * outputs));
    }
    List<AttributeProto> attributes = new ArrayList<>(node.getAttributeList());
    attributes.removeIf(attribute -> attribute.getName().equals("group"));
    attributes.add(Attributes.of("group", batch * group));
    String y = graph.node(node.getOpType(), inputs, OperatorCases.array(attributes));
    OnnxModel model = graph.model("modulated", reshaped(graph, y, batch, outputs, -1));
    List<Long> shape = new ArrayList<>(plain.input().shape());
    shape.set(0, (long) batch);
    return model.withInput(new OnnxModel.Value(X, FLOAT, shape));
  }

  private static String reshaped(TestGraph graph, String value, long... shape) {
    return graph.node("Reshape", List.of(value, graph.longs(shape)));
  }

  @ParameterizedTest
  @CsvSource({"Conv, 1", "Conv, 2", "ConvTranspose, 1", "ConvTranspose, 3"})
  void isOpenedAndAgreesWithCentralDifferences(String operator, int batch) {
    List<OperatorCases.Maker> makers = OperatorCases.MAKERS.get(operator);
    for (int seed = 0; seed < CASES * makers.size(); seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      OnnxModel plain = makers.get(seed % makers.size()).make(random).model();
      if (shrinks(plain)) {
        continue;
      }
      OnnxModel given = modulated(plain, batch, random);
      OnnxModel open = OpenBatch.of(Lowering.of(given, engine), engine);
      String what = operator + ", seed " + seed + ", image " + given.input().shape();
      assertThat(open.input().shape().get(0)).as(what).isEqualTo(-1);
      assertSameRows(what, given, open, batch, random);
      new GradientCheck(engine).check(what, open, Points.QUADRATIC, random);
    }
  }

  /** The runtime infers a wrong shape where a transposed convolution makes an image smaller. */
  private static boolean shrinks(OnnxModel plain) {
    long[] size = new Attributes(plain.nodes().get(0)).integers("output_shape", 0, 0);
    return IntStream.range(0, size.length)
        .anyMatch(axis -> size[axis] < plain.input().shape().get(axis + 2));
  }

  /** The file's own batches, each by itself, against one of all their rows. */
  private void assertSameRows(
      String what, OnnxModel given, OnnxModel open, int batch, SplittableRandom random) {
    long[] shape = given.input().shape().stream().mapToLong(Long::longValue).toArray();
    int size = TestGraph.size(shape);
    float[] x = Points.gaussian(random, BATCHES * size);
    try (Executable one = engine.load(given.withInput(given.input().withOpenBatch()));
        Executable many = engine.load(open)) {
      long[] whole = shape.clone();
      whole[0] = (long) BATCHES * batch;
      float[] actual = many.run(new Tensor(x, whole)).get(0).values();
      int from = 0;
      for (int i = 0; i < BATCHES; i++) {
        float[] part = Arrays.copyOfRange(x, i * size, (i + 1) * size);
        float[] expected = one.run(new Tensor(part, shape)).get(0).values();
        for (float value : expected) {
          assertThat((double) actual[from++])
              .as(what)
              .isCloseTo(value, within(ROUNDING * Math.max(1, Math.abs(value))));
        }
      }
      assertThat(from).as(what).isEqualTo(actual.length);
    }
  }

  /** As StyleGAN2 begins: one image for all, styles and noise that are added to it. */
  @Test
  void aConstantImageIsConvolvedByEachStyle() {
    SplittableRandom random = new SplittableRandom(1);
    TestGraph graph = new TestGraph(4);
    String style = graph.node("MatMul", List.of(X, graph.gaussian(random, 4, 3)));
    String scaled =
        graph.node(
            "Mul",
            List.of(graph.gaussian(random, 1, 2, 3, 3, 3), reshaped(graph, style, 1, 1, 3, 1, 1)));
    String squares = graph.node("ReduceSumSquare", List.of(scaled, graph.longs(2, 3, 4)));
    String length =
        graph.node(
            "Sqrt", List.of(graph.node("Add", List.of(squares, graph.floats(new float[] {0.1f})))));
    String kernels = reshaped(graph, graph.node("Div", List.of(scaled, length)), 2, 3, 3, 3);
    String image =
        graph.node(
            "Conv",
            List.of(graph.gaussian(random, 1, 3, 5, 5), kernels),
            Attributes.of("pads", new long[] {1, 1, 1, 1}));
    OnnxModel given =
        graph
            .model(
                "generator", graph.node("Add", List.of(image, graph.gaussian(random, 1, 1, 5, 5))))
            .withInput(new OnnxModel.Value(X, FLOAT, List.of(1L, 4L)));

    OnnxModel open = OpenBatch.of(Lowering.of(given, engine), engine);

    assertSameRows("generator", given, open, 1, random);
    new GradientCheck(engine).check("generator", open, Points.SMOOTH, random);
  }

  /** A filter that is made of all images of a batch has no gradient of each. */
  @Test
  void weightsThatActOnEachImageOfABatchAreRefused() {
    TestGraph graph = new TestGraph(2, 3, 3);
    OnnxModel model = graph.model("mixed", graph.node("Conv", List.of(X, X)));

    assertRefused(
        () -> Lowering.of(model, engine), "node/Conv", "mixed", "depend on the images of a batch");
  }

  @Test
  void constantWeightsStayAndTheModelIsNotEvenRun() {
    TestGraph graph = new TestGraph(2, 3, 3);
    String weights = graph.gaussian(new SplittableRandom(1), 4, 2, 2, 2);
    String image = graph.node("Conv", List.of(X, graph.node("Identity", List.of(weights))));
    OnnxModel model = graph.model("plain", graph.node("ConvTranspose", List.of(image, weights)));

    assertThat(Lowering.of(model, null)).isSameAs(model);
  }
}
