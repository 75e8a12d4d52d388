package org.robustnessgap.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.robustnessgap.onnx.Refusals.assertRefused;
import static org.robustnessgap.onnx.TestGraph.FLOAT;
import static org.robustnessgap.onnx.TestGraph.X;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.onnx.batch.OpenBatch;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.OnnxModel;

/** Models exported for a batch of one size, whose constants hold that size. */
class OpenBatchTest {
  private static final double ROUNDING = 1e-5;

  private final Engine engine = new OnnxRuntimeEngine(1);
  private final SplittableRandom random = new SplittableRandom(5);

  /** What an exporter writes for a batch. */
  private interface Exporter {
    /** The output of a graph of this batch; images are [n, 2, 4]. */
    String write(TestGraph graph, long batch);
  }

  private OnnxModel exported(Exporter exporter, long batch) {
    TestGraph graph = new TestGraph(2, 4);
    OnnxModel model = graph.model("exported", exporter.write(graph, batch));
    return model.withInput(new OnnxModel.Value(X, FLOAT, List.of(batch, 2L, 4L)));
  }

  /** Rows of the model as it is and of the opened one, whatever their number; then gradients. */
  private void checkOpened(Exporter exporter, long batch) {
    OnnxModel given = exported(exporter, batch);
    OnnxModel open = OpenBatch.of(given, engine);

    assertThat(open.input().describe()).isEqualTo("x float [n, 2, 4]");
    float[] x = Points.gaussian(random, (int) (3 * batch) * 8);
    OnnxModel fed = given.withInput(new OnnxModel.Value(X, FLOAT, List.of(-1L, 2L, 4L)));
    try (Executable one = engine.load(fed);
        Executable many = engine.load(open)) {
      List<Float> expected = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        int from = (int) (i * batch * 8);
        float[] part = Arrays.copyOfRange(x, from, (int) (from + batch * 8));
        for (float y : one.run(new Tensor(part, new long[] {batch, 2, 4})).get(0).values()) {
          expected.add(y);
        }
      }
      Tensor actual = many.run(new Tensor(x, new long[] {3 * batch, 2, 4})).get(0);
      assertThat(actual.shape()[0]).isEqualTo(3 * batch);
      assertThat(actual.values()).hasSize(expected.size());
      for (int i = 0; i < expected.size(); i++) {
        assertThat((double) actual.values()[i]).isCloseTo(expected.get(i), within(ROUNDING));
      }
    }
    new GradientCheck(engine).check(given.name(), open, Points.SMOOTH_GRID, random);
  }

  /** Small ones: a sharp softmax has no central differences. */
  private String weights(TestGraph graph, long... shape) {
    float[] values = Points.gaussian(random, TestGraph.size(shape));
    for (int i = 0; i < values.length; i++) {
      values[i] *= 0.3f;
    }
    return graph.floats(values, shape);
  }

  private static String reshape(TestGraph graph, String value, long... shape) {
    return graph.node("Reshape", List.of(value, graph.longs(shape)));
  }

  private static String transpose(TestGraph graph, String value, long... permutation) {
    return graph.node("Transpose", List.of(value), Attributes.of("perm", permutation));
  }

  private static String concat(TestGraph graph, long axis, String... values) {
    return graph.node("Concat", List.of(values), Attributes.of("axis", axis));
  }

  /** A constant that was expanded to the batch when the model was exported. */
  private String repeated(TestGraph graph, long batch, long... shape) {
    float[] row = Points.gaussian(random, TestGraph.size(shape));
    float[] all = new float[(int) batch * row.length];
    for (int i = 0; i < batch; i++) {
      System.arraycopy(row, 0, all, i * row.length, row.length);
    }
    return graph.floats(
        all, LongStream.concat(LongStream.of(batch), Arrays.stream(shape)).toArray());
  }

  /** As torchvision's ViT: a token of the class, heads beside the batch, the first token alone. */
  private String visionTransformer(TestGraph graph, long batch) {
    String tokens = concat(graph, 1, repeated(graph, batch, 1, 4), X);
    String places = graph.node("Add", List.of(tokens, graph.gaussian(random, 1, 3, 4)));
    String sequence = transpose(graph, places, 1, 0, 2);
    String rows = reshape(graph, sequence, 3 * batch, 4);
    String all = graph.node("Gemm", List.of(rows, weights(graph, 4, 12)));
    String three = reshape(graph, all, 3, batch, 1, 3, 4);
    String first = transpose(graph, three, 3, 0, 1, 2, 4);
    List<String> heads = new ArrayList<>();
    for (long i = 0; i < 3; i++) {
      String one =
          graph.node("Gather", List.of(first, graph.longScalar(i)), Attributes.of("axis", 0L));
      heads.add(transpose(graph, reshape(graph, one, 3, batch * 2, 2), 1, 0, 2));
    }
    String query = reshape(graph, heads.get(0), batch, 2, 3, 2);
    String key = transpose(graph, reshape(graph, heads.get(1), batch, 2, 3, 2), 0, 1, 3, 2);
    String weights = graph.node("Softmax", List.of(graph.node("MatMul", List.of(query, key))));
    String value = reshape(graph, heads.get(2), batch, 2, 3, 2);
    String mixed = transpose(graph, graph.node("MatMul", List.of(weights, value)), 2, 0, 1, 3);
    String joined = reshape(graph, mixed, 3 * batch, 4);
    String projected = graph.node("Gemm", List.of(joined, graph.gaussian(random, 4, 4)));
    String back = transpose(graph, reshape(graph, projected, 3, batch, 4), 1, 0, 2);
    String token =
        graph.node("Gather", List.of(back, graph.longScalar(0)), Attributes.of("axis", 1L));
    return graph.node("Tanh", List.of(token));
  }

  /** As Swin: windows beside the batch, a mask for each of them. */
  private String windows(TestGraph graph, long batch) {
    String parts = transpose(graph, reshape(graph, X, batch, 2, 2, 2), 0, 2, 1, 3);
    String windows = reshape(graph, parts, 2 * batch, 2, 2);
    String product = graph.node("MatMul", List.of(windows, transpose(graph, windows, 0, 2, 1)));
    String apart = reshape(graph, product, batch, 2, 2, 2);
    String masked = graph.node("Add", List.of(apart, graph.gaussian(random, 1, 2, 2, 2)));
    String weights = graph.node("Softmax", List.of(reshape(graph, masked, 2 * batch, 2, 2)));
    String mixed = graph.node("MatMul", List.of(weights, windows));
    return reshape(graph, reshape(graph, mixed, batch, 2, 4), batch, 8);
  }

  /** A state that begins with zeros for each image, and questions that were repeated for each. */
  private String states(TestGraph graph, long batch) {
    String start = graph.node("ConstantOfShape", List.of(graph.longs(batch, 4)));
    String first =
        graph.node(
            "Slice", List.of(X, graph.longs(0, 0), graph.longs(batch, 1), graph.longs(0, 1)));
    String step =
        graph.node(
            "Gemm",
            List.of(
                graph.node("Squeeze", List.of(first, graph.longs(1))),
                graph.gaussian(random, 4, 4),
                start));
    String state = graph.node("Unsqueeze", List.of(step, graph.longs(1)));
    String scores =
        graph.node(
            "Einsum",
            List.of(repeated(graph, batch, 3, 4), concat(graph, 1, X, state)),
            Attributes.of("equation", "bqd,bkd->bqk"));
    return graph.node("ReduceMax", List.of(scores, graph.longs(1)), Attributes.of("keepdims", 0L));
  }

  /** Sizes from 2 on meet axes of images by coincidence. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 8})
  void rowsAreFollowedThroughConstantsOfTheBatch(long batch) {
    checkOpened((graph, n) -> reshape(graph, X, n, 8), batch);
    checkOpened(this::visionTransformer, batch);
    checkOpened(this::windows, batch);
    checkOpened(this::states, batch);
  }

  /** As squeeze and x[0] leave it; the output is brought back to rows. */
  @Test
  void aBatchOfOneWithoutItsAxis() {
    checkOpened(
        (graph, n) -> {
          String image = graph.node("Squeeze", List.of(X, graph.longs(0)));
          String flat = reshape(graph, graph.node("Tanh", List.of(image)), 8);
          return graph.node("MatMul", List.of(flat, graph.gaussian(random, 8, 3)));
        },
        1);
    checkOpened(
        (graph, n) -> {
          String image =
              graph.node("Gather", List.of(X, graph.longScalar(0)), Attributes.of("axis", 0L));
          String sum = graph.node("Add", List.of(image, graph.gaussian(random, 2, 4)));
          return transpose(graph, sum, 1, 0);
        },
        1);
  }

  /** One axis holds the batch, another the step; only what follows tells which. */
  @Test
  void aBatchOfOneAmongOtherAxesOfOne() {
    checkOpened(
        (graph, n) -> {
          String first =
              graph.node("Slice", List.of(X, graph.longs(0), graph.longs(1), graph.longs(1)));
          String step = transpose(graph, first, 1, 0, 2);
          String both = reshape(graph, step, 1, 1, 4);
          String steps = concat(graph, 0, graph.gaussian(random, 2, 1, 4), both);
          return graph.node(
              "ReduceMax", List.of(steps, graph.longs(0)), Attributes.of("keepdims", 0L));
        },
        1);
  }

  /** Between 0 and 1, as pixels are, it computes no number. */
  @Test
  void aModelOfOtherNumbersThanPixels() {
    OnnxModel given = exported((graph, n) -> graph.node("Acosh", List.of(X)), 2);

    assertThat(OpenBatch.of(given, engine).input().describe()).isEqualTo("x float [n, 2, 4]");
  }

  /** Whatever the batch: the output has an axis for the one number of each row. */
  @ParameterizedTest
  @ValueSource(longs = {1, 3})
  void oneNumberForEachRow(long batch) {
    Exporter sum =
        (graph, n) ->
            graph.node("ReduceSum", List.of(X, graph.longs(1, 2)), Attributes.of("keepdims", 0L));
    checkOpened(sum, batch);
    assertThat(OpenBatch.of(exported(sum, batch), engine).output().shape())
        .containsExactly(-1L, 1L);
  }

  private void assertStaysClosed(Exporter exporter, long batch, String node, String why) {
    OnnxModel given = exported(exporter, batch);

    assertRefused(
        () -> OpenBatch.of(given, engine),
        "Input x of exported",
        "fixed batch of " + batch,
        "node/" + node,
        why,
        "dynamic first axis");
  }

  /** An operator whose constant is on the side of the image, and the image on that of a setting. */
  @Test
  void theNodeThatTheRowsSetIsNamed() {
    assertStaysClosed(
        (graph, n) -> {
          String scales =
              graph.node(
                  "Reshape",
                  List.of(graph.node("ReduceMax", List.of(X, graph.longs(1, 2))), graph.longs(1)));
          String more = graph.node("Exp", List.of(scales));
          return graph.node("Resize", List.of(graph.gaussian(random, 3), "", more));
        },
        1,
        "Resize",
        "what it acts on");
  }

  @Test
  void theNodeThatMixesTheRowsIsNamed() {
    assertStaysClosed(
        (graph, n) -> graph.node("Softmax", List.of(X), Attributes.of("axis", 0L)),
        2,
        "Softmax",
        "images of a batch together");
    assertStaysClosed(
        (graph, n) -> graph.node("Add", List.of(X, graph.gaussian(random, n, 2, 4))),
        3,
        "Add",
        "another one for each image");
    assertStaysClosed((graph, n) -> reshape(graph, X, 2, 12), 3, "Reshape", "across each other");
    assertStaysClosed(
        (graph, n) ->
            graph.node("MatMul", List.of(graph.gaussian(random, n, n), reshape(graph, X, n, 8))),
        4,
        "MatMul",
        "sums over the images");
    assertStaysClosed(
        (graph, n) ->
            graph.node("Gather", List.of(X, graph.longs(1, 0)), Attributes.of("axis", 0L)),
        2,
        "Gather",
        "some images");
    assertStaysClosed(
        (graph, n) ->
            graph.node("Sub", List.of(X, graph.node("ReduceMean", List.of(X, graph.longs(0))))),
        1,
        "ReduceMean",
        "images of a batch together");
  }
}
