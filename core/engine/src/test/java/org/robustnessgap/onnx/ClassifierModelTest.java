package org.robustnessgap.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.robustnessgap.onnx.Refusals.assertRefused;
import static org.robustnessgap.onnx.TestGraph.X;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.messages.ModelOptions;
import org.robustnessgap.messages.OutputSlice;
import org.robustnessgap.messages.Scores;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.OnnxModel;

/** Classifiers with what exporters put behind their scores. */
class ClassifierModelTest {
  private static final int WIDTH = 6;
  private static final int CLASSES = 4;
  private static final int ROWS = 20;
  private static final ModelOptions AUTO = ModelOptions.NONE;

  private final Engine engine = new OnnxRuntimeEngine(1);
  private final SplittableRandom random = new SplittableRandom(5);
  private final float[] weights = Points.gaussian(random, WIDTH * CLASSES);
  private final float[] points = Points.gaussian(random, ROWS * WIDTH);

  /** Scores x W, so large that float32 rounds their softmax to 0 and 1, and what is behind them. */
  private OnnxModel sharp(BiFunction<TestGraph, String, String> tail) {
    TestGraph graph = new TestGraph(WIDTH);
    String w = graph.floats(weights.clone(), WIDTH, CLASSES);
    String scores = graph.node("MatMul", List.of(X, w));
    String large = graph.node("Mul", List.of(scores, graph.floats(new float[] {20})));
    return graph.model("sharp", tail.apply(graph, large));
  }

  private float[] values(OnnxModel model) {
    try (Executable loaded = engine.load(model)) {
      return loaded.run(new Tensor(points, new long[] {ROWS, WIDTH})).get(0).values();
    }
  }

  private static AttributeProto axis(long axis) {
    return Attributes.of("axis", axis);
  }

  private void assertFindsScores(BiFunction<TestGraph, String, String> tail) {
    OnnxModel model = sharp(tail);
    ClassifierModel found = ClassifierModel.of(model, AUTO, engine);
    assertThat(found.answersOtherwise()).isTrue();
    assertThat(values(found.scores())).isEqualTo(values(sharp((graph, scores) -> scores)));
    assertThat(values(found.answer())).isEqualTo(values(model));
  }

  /** Up to a number added to all classes of a row, as log softmax differs from its scores. */
  private void assertDiffersByAConstant(float[] actual, float[] expected) {
    for (int row = 0; row < ROWS; row++) {
      for (int k = 0; k < CLASSES; k++) {
        int first = row * CLASSES;
        assertThat((double) actual[first + k] - actual[first])
            .isCloseTo((double) expected[first + k] - expected[first], within(1e-3));
      }
    }
  }

  @Test
  void scoresWithNothingBehindThem() {
    ClassifierModel found =
        ClassifierModel.of(sharp((graph, scores) -> scores), ModelOptions.NONE, engine);
    assertThat(found.answersOtherwise()).isFalse();
  }

  @Test
  void softmax() {
    assertFindsScores((graph, scores) -> graph.node("Softmax", List.of(scores), axis(1)));
  }

  @Test
  void sigmoid() {
    assertFindsScores((graph, scores) -> graph.node("Sigmoid", List.of(scores)));
  }

  @Test
  void softmaxInAnotherShapeAndType() {
    assertFindsScores(
        (graph, scores) -> {
          String image = graph.node("Reshape", List.of(scores, graph.longs(0, CLASSES, 1, 1)));
          String softmax = graph.node("Softmax", List.of(image), axis(1));
          String half = graph.node("Cast", List.of(softmax), Attributes.of("to", 10L));
          String real = graph.node("Cast", List.of(half), Attributes.of("to", 1L));
          String clipped =
              graph.node(
                  "Clip",
                  List.of(real, graph.floats(new float[] {1e-7f}), graph.floats(new float[] {1})));
          return graph.node("Squeeze", List.of(clipped, graph.longs(2, 3)));
        });
  }

  @Test
  void percentOfASoftmaxOfASoftmax() {
    assertFindsScores(
        (graph, scores) -> {
          String first = graph.node("Softmax", List.of(scores), axis(-1));
          String second = graph.node("Softmax", List.of(first), axis(-1));
          return graph.node("Mul", List.of(graph.floats(new float[] {100}), second));
        });
  }

  @Test
  void aNegativeFactorTurnsTheOrderAndIsNotSkipped() {
    OnnxModel model =
        sharp(
            (graph, scores) ->
                graph.node(
                    "Mul",
                    List.of(
                        graph.node("Softmax", List.of(scores), axis(1)),
                        graph.floats(new float[] {-1}))));
    assertThat(ClassifierModel.of(model, AUTO, engine).answersOtherwise()).isFalse();
  }

  @Test
  void softmaxOfEachHalfIsNoSoftmaxOfTheClasses() {
    OnnxModel model =
        sharp(
            (graph, scores) -> {
              String halves = graph.node("Reshape", List.of(scores, graph.longs(0, 2, 2)));
              String softmax = graph.node("Softmax", List.of(halves), axis(2));
              return graph.node("Flatten", List.of(softmax), axis(1));
            });
    ClassifierModel found = ClassifierModel.of(model, AUTO, engine);

    float[] answer = values(found.answer());
    float[] logarithms = values(found.scores());
    for (int i = 0; i < answer.length; i++) {
      assertThat(Math.exp(logarithms[i])).isCloseTo(answer[i], within(1e-5));
    }
  }

  @Test
  void softmaxWrittenOut() {
    OnnxModel model =
        sharp(
            (graph, scores) -> {
              String largest = graph.node("ReduceMax", List.of(scores, graph.longs(1)));
              String exp = graph.node("Exp", List.of(graph.node("Sub", List.of(scores, largest))));
              return graph.node(
                  "Div", List.of(exp, graph.node("ReduceSum", List.of(exp, graph.longs(1)))));
            });
    ClassifierModel found = ClassifierModel.of(model, AUTO, engine);

    assertThat(found.answersOtherwise()).isTrue();
    assertDiffersByAConstant(values(found.scores()), values(sharp((graph, scores) -> scores)));
  }

  @Test
  void meanOfTwoSoftmaxes() {
    OnnxModel model =
        sharp(
            (graph, scores) -> {
              String other = graph.node("Neg", List.of(scores));
              return graph.node(
                  "Mean",
                  List.of(
                      graph.node("Softmax", List.of(scores), axis(1)),
                      graph.node("Softmax", List.of(other), axis(1))));
            });
    ClassifierModel found = ClassifierModel.of(model, AUTO, engine);

    float[] scores = values(sharp((graph, large) -> large));
    float[] logarithms = values(found.scores());
    for (int row = 0; row < ROWS; row++) {
      double[] own = new double[CLASSES];
      Arrays.setAll(own, k -> 0);
      for (int k = 0; k < CLASSES; k++) {
        double one = logSoftmax(scores, row, k, 1);
        double other = logSoftmax(scores, row, k, -1);
        double largest = Math.max(one, other);
        double expected =
            largest + Math.log(Math.exp(one - largest) + Math.exp(other - largest)) - Math.log(2);
        assertThat((double) logarithms[row * CLASSES + k])
            .isCloseTo(expected, within(1e-4 * Math.max(1, Math.abs(expected))));
      }
    }
  }

  private static double logSoftmax(float[] scores, int row, int k, int sign) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < CLASSES; j++) {
      largest = Math.max(largest, sign * scores[row * CLASSES + j]);
    }
    double sum = 0;
    for (int j = 0; j < CLASSES; j++) {
      sum += Math.exp(sign * scores[row * CLASSES + j] - largest);
    }
    return sign * scores[row * CLASSES + k] - largest - Math.log(sum);
  }

  /** The first score alone. */
  private static String single(TestGraph graph, String scores) {
    return graph.node("Slice", List.of(scores, graph.longs(0), graph.longs(1), graph.longs(1)));
  }

  private float[] singleScore() {
    return values(sharp(ClassifierModelTest::single));
  }

  @Test
  void oneSigmoidIsTwoClasses() {
    ClassifierModel found =
        ClassifierModel.of(
            sharp((graph, scores) -> graph.node("Sigmoid", List.of(single(graph, scores)))),
            AUTO,
            engine);

    float[] expected = singleScore();
    float[] columns = values(found.scores());
    float[] answer = values(found.answer());
    for (int row = 0; row < ROWS; row++) {
      assertThat(columns[2 * row]).isZero();
      assertThat(columns[2 * row + 1]).isEqualTo(expected[row]);
      assertThat(answer[2 * row + 1] > answer[2 * row]).isEqualTo(expected[row] > 0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Tanh", "Softsign", "Erf", "Atan"})
  void anOddFunctionOfOneLogitIsTwoClasses(String odd) {
    ClassifierModel found =
        ClassifierModel.of(
            sharp((graph, scores) -> graph.node(odd, List.of(single(graph, scores)))),
            AUTO,
            engine);

    float[] expected = singleScore();
    float[] columns = values(found.scores());
    float[] answer = values(found.answer());
    for (int row = 0; row < ROWS; row++) {
      assertThat(columns[2 * row + 1] - columns[2 * row]).isEqualTo(expected[row]);
      assertThat(answer[2 * row + 1] > answer[2 * row]).isEqualTo(expected[row] > 0);
    }
  }

  /** [n]: the number has no axis of its own. */
  @Test
  void oneSigmoidWithoutAnAxisIsTwoClasses() {
    ClassifierModel found =
        ClassifierModel.of(
            sharp(
                (graph, scores) -> {
                  String p = graph.node("Sigmoid", List.of(single(graph, scores)));
                  return graph.node("Squeeze", List.of(p, graph.longs(1)));
                }),
            AUTO,
            engine);

    float[] expected = singleScore();
    float[] columns = values(found.scores());
    for (int row = 0; row < ROWS; row++) {
      assertThat(columns[2 * row + 1] - columns[2 * row]).isEqualTo(expected[row]);
    }
  }

  /** (tanh s + 1) / 2 is above ½ where s is above 0, but that is read from no operator. */
  @Test
  void oneNumberOfUnknownMeaningIsRefusedUntilItIsSaid() {
    OnnxModel moved =
        sharp(
            (graph, scores) -> {
              String tanh = graph.node("Tanh", List.of(single(graph, scores)));
              String above = graph.node("Add", List.of(tanh, graph.floats(new float[] {1})));
              return graph.node("Mul", List.of(above, graph.floats(new float[] {0.5f})));
            });

    assertRefused(() -> ClassifierModel.of(moved, AUTO, engine), "--scores probabilities");
    ClassifierModel said =
        ClassifierModel.of(
            moved, new ModelOptions(null, null, Scores.PROBABILITIES, null, null), engine);
    float[] expected = singleScore();
    float[] answer = values(said.answer());
    for (int row = 0; row < ROWS; row++) {
      assertThat(answer[2 * row + 1] > answer[2 * row]).isEqualTo(expected[row] > 0);
    }
  }

  @Test
  void oneLogitIsTwoClasses() {
    ClassifierModel found = ClassifierModel.of(sharp(ClassifierModelTest::single), AUTO, engine);

    float[] expected = singleScore();
    float[] columns = values(found.scores());
    for (int row = 0; row < ROWS; row++) {
      assertThat(columns[2 * row]).isZero();
      assertThat(columns[2 * row + 1]).isEqualTo(expected[row]);
    }
  }

  @Test
  void aSigmoidAndWhatItLeaves() {
    ClassifierModel found =
        ClassifierModel.of(
            sharp(
                (graph, scores) -> {
                  String p = graph.node("Sigmoid", List.of(single(graph, scores)));
                  String rest = graph.node("Sub", List.of(graph.floats(new float[] {1}), p));
                  return graph.node("Concat", List.of(rest, p), axis(1));
                }),
            AUTO,
            engine);

    float[] expected = singleScore();
    float[] columns = values(found.scores());
    for (int row = 0; row < ROWS; row++) {
      assertThat(columns[2 * row + 1] - columns[2 * row])
          .isCloseTo(expected[row], within(1e-3f * Math.max(1, Math.abs(expected[row]))));
    }
  }

  @Test
  void aSliceOfTheOutput() {
    OnnxModel model = sharp((graph, scores) -> scores);
    ModelOptions slice = new ModelOptions(null, OutputSlice.parse("1:3"), Scores.AUTO, null, null);
    float[] whole = values(model);
    float[] part = values(ClassifierModel.of(model, slice, engine).answer());
    for (int row = 0; row < ROWS; row++) {
      assertThat(Arrays.copyOfRange(part, 2 * row, 2 * row + 2))
          .isEqualTo(Arrays.copyOfRange(whole, row * CLASSES + 1, row * CLASSES + 3));
    }
    ModelOptions beyond = new ModelOptions(null, OutputSlice.parse("3:5"), Scores.AUTO, null, null);
    assertRefused(() -> ClassifierModel.of(model, beyond, engine), "4 numbers", "3:5");
  }

  @Test
  void numbersThatAreSaidToBeLogitsAreTakenAsTheyAre() {
    OnnxModel model = sharp((graph, scores) -> graph.node("Softmax", List.of(scores), axis(1)));
    ModelOptions logits = new ModelOptions(null, null, Scores.LOGITS, null, null);
    assertThat(ClassifierModel.of(model, logits, engine).answersOtherwise()).isFalse();
  }
}
