package org.robustnessgap.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.robustnessgap.certificate.NodeAttributes.integer;
import static org.robustnessgap.certificate.NodeAttributes.ints;
import static org.robustnessgap.onnx.Refusals.assertRefused;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.Golden;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.onnx.TestGraph;
import org.robustnessgap.onnx.adjoint.Differentiator;
import org.robustnessgap.onnx.graph.OnnxModel;

class LipschitzGraphTest {
  private static final Engine ENGINE = new OnnxRuntimeEngine(1);
  private static final Random RANDOM = new Random(61);
  private static final String X = TestGraph.X;

  private static Arguments image(String name, double tightness, Function<TestGraph, String> body) {
    return of(name, tightness, body, 2, 6, 6);
  }

  private static Arguments row(String name, double tightness, Function<TestGraph, String> body) {
    return of(name, tightness, body, 5);
  }

  private static Arguments of(
      String name, double tightness, Function<TestGraph, String> body, long... shape) {
    TestGraph graph = new TestGraph(shape);
    return Arguments.of(name, tightness, graph.model(name, body.apply(graph)), shape);
  }

  private static String normalised(TestGraph g, String input, int channels) {
    return g.node(
        "BatchNormalization",
        List.of(
            input,
            g.gaussian(RANDOM, channels),
            g.gaussian(RANDOM, channels),
            g.gaussian(RANDOM, channels),
            g.uniform(RANDOM, 0.2, 3, channels)));
  }

  /** Each with the factor that the bound may exceed the largest Jacobian found by. */
  static Stream<Arguments> graphs() {
    return Stream.of(
        image(
            "convolution",
            1.4,
            g ->
                g.node(
                    "Conv", List.of(X, g.gaussian(RANDOM, 3, 2, 3, 3)), ints("pads", 1, 1, 1, 1))),
        image(
            "strided",
            1.4,
            g -> g.node("Conv", List.of(X, g.gaussian(RANDOM, 3, 2, 2, 2)), ints("strides", 2, 2))),
        image(
            "whole window", 1.01, g -> g.node("Conv", List.of(X, g.gaussian(RANDOM, 3, 2, 6, 6)))),
        image(
            "transposed",
            1.4,
            g ->
                g.node(
                    "ConvTranspose",
                    List.of(X, g.gaussian(RANDOM, 2, 3, 4, 4)),
                    ints("strides", 2, 2),
                    ints("pads", 1, 1, 1, 1))),
        image(
            "normalised",
            1.4,
            g -> normalised(g, g.node("Conv", List.of(X, g.gaussian(RANDOM, 3, 2, 3, 3))), 3)),
        image(
            "normalised transposed",
            1.4,
            g ->
                normalised(
                    g, g.node("ConvTranspose", List.of(X, g.gaussian(RANDOM, 2, 3, 3, 3))), 3)),
        image("normalised input", 1.01, g -> normalised(g, X, 2)),
        image(
            "residual",
            2,
            g ->
                g.node(
                    "Add",
                    List.of(
                        X,
                        g.node(
                            "Conv",
                            List.of(X, g.gaussian(RANDOM, 2, 2, 3, 3)),
                            ints("pads", 1, 1, 1, 1))))),
        image(
            "concatenated",
            2,
            g ->
                g.node(
                    "Concat",
                    List.of(X, g.node("Mul", List.of(X, g.floats(new float[] {-3}, 1)))),
                    integer("axis", 1))),
        image(
            "max pool",
            1.01,
            g -> g.node("MaxPool", List.of(X), ints("kernel_shape", 2, 2), ints("strides", 2, 2))),
        image(
            "overlapping max pool",
            4,
            g -> g.node("MaxPool", List.of(X), ints("kernel_shape", 3, 3), ints("strides", 2, 2))),
        image(
            "average pool",
            1.01,
            g ->
                g.node(
                    "AveragePool", List.of(X), ints("kernel_shape", 3, 3), ints("strides", 3, 3))),
        image(
            "padded average pool",
            1.6,
            g ->
                g.node(
                    "AveragePool",
                    List.of(X),
                    ints("kernel_shape", 3, 3),
                    ints("strides", 2, 2),
                    ints("pads", 1, 1, 1, 1))),
        image("global average", 1.01, g -> g.node("GlobalAveragePool", List.of(X))),
        image(
            "mean",
            1.01,
            g -> g.node("ReduceMean", List.of(X, g.longs(2, 3)), integer("keepdims", 0))),
        image(
            "sum", 1.01, g -> g.node("ReduceSum", List.of(X, g.longs(1)), integer("keepdims", 1))),
        image(
            "broadcast",
            1.5,
            g ->
                g.node(
                    "Add",
                    List.of(
                        X,
                        g.node("ReduceMean", List.of(X, g.longs(2, 3)), integer("keepdims", 1))))),
        row(
            "linear",
            1.01,
            g ->
                g.node(
                    "Gemm",
                    List.of(X, g.gaussian(RANDOM, 7, 5), g.gaussian(RANDOM, 7)),
                    integer("transB", 1))),
        row("matrix product", 1.01, g -> g.node("MatMul", List.of(X, g.gaussian(RANDOM, 5, 4)))),
        row(
            "two layers",
            4,
            g ->
                g.node(
                    "Gemm",
                    List.of(
                        g.node(
                            "Relu", List.of(g.node("Gemm", List.of(X, g.gaussian(RANDOM, 5, 9))))),
                        g.gaussian(RANDOM, 9, 3)))),
        row(
            "division",
            1.01,
            g -> g.node("Div", List.of(X, g.floats(new float[] {2, 4, -0.5f, 8, 1}, 5)))),
        row("softmax", 4, g -> g.node("Softmax", List.of(X), integer("axis", 1))),
        row("sigmoid", 1.5, g -> g.node("Sigmoid", List.of(X))),
        row("tanh", 1.5, g -> g.node("Tanh", List.of(X))),
        row("leaky", 1.01, g -> g.node("LeakyRelu", List.of(X))),
        row("elu", 1.01, g -> g.node("Elu", List.of(X))),
        row("maximum", 1.6, g -> g.node("Max", List.of(X, g.node("Neg", List.of(X))))));
  }

  /** The whole Jacobian, a row for each cotangent, at random points. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("graphs")
  void boundsEveryJacobian(String name, double tightness, OnnxModel model, long[] shape) {
    double bound = LipschitzGraph.of(model, ENGINE).constant();
    double largest = 0;
    int width = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    try (Executable forward = ENGINE.load(model);
        Executable gradient = ENGINE.load(Differentiator.differentiate(model, ENGINE))) {
      for (int point = 0; point < 5; point++) {
        float[] x = new float[width];
        for (int i = 0; i < width; i++) {
          x[i] = (float) (RANDOM.nextGaussian() * Math.pow(0.3, point));
        }
        Tensor y = forward.run(new Tensor(x, batched(1, shape))).get(0);
        largest = Math.max(largest, jacobianNorm(gradient, x, shape, y));
      }
    }
    assertThat(bound).isBetween(largest * (1 - 1e-5), largest * tightness);
  }

  private static double jacobianNorm(Executable gradient, float[] x, long[] shape, Tensor y) {
    int outputs = y.values().length;
    float[] points = new float[outputs * x.length];
    float[] cotangents = new float[outputs * outputs];
    for (int i = 0; i < outputs; i++) {
      System.arraycopy(x, 0, points, i * x.length, x.length);
      cotangents[i * outputs + i] = 1;
    }
    long[] outputShape = y.shape().clone();
    outputShape[0] = outputs;
    float[] rows =
        gradient
            .run(new Tensor(points, batched(outputs, shape)), new Tensor(cotangents, outputShape))
            .get(1)
            .values();
    double[][] jacobian = new double[outputs][x.length];
    for (int i = 0; i < outputs; i++) {
      for (int j = 0; j < x.length; j++) {
        jacobian[i][j] = rows[i * x.length + j];
      }
    }
    return SpectralNorm.of(jacobian);
  }

  private static long[] batched(int count, long[] shape) {
    long[] batched = new long[shape.length + 1];
    batched[0] = count;
    System.arraycopy(shape, 0, batched, 1, shape.length);
    return batched;
  }

  /** A residual connection adds 1: x + 3x is 4-Lipschitz. */
  @Test
  void branchesAdd() {
    TestGraph graph = new TestGraph(4);
    String three = graph.node("Mul", List.of(X, graph.floats(new float[] {3}, 1)));
    OnnxModel model = graph.model("residual", graph.node("Add", List.of(X, three)));
    assertThat(LipschitzGraph.of(model, ENGINE).constant()).isCloseTo(4, within(1e-12));
  }

  /** The product bound of a shipped generator: no two images may be farther apart. */
  @Test
  void aGeneratorMovesItsImagesNoFarther() {
    OnnxModel generator = OnnxModel.read(Golden.model("mnist-dcgan"));
    double constant = LipschitzGraph.of(generator, ENGINE).constant();
    Tensor z = Golden.array("mnist-dcgan", "z");
    Tensor images = Golden.array("mnist-dcgan", "image");
    int count = (int) z.shape()[0];
    double steepest = 0;
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < i; j++) {
        steepest = Math.max(steepest, distance(images, i, j, count) / distance(z, i, j, count));
      }
    }
    assertThat(constant).isFinite().isGreaterThan(steepest);
  }

  private static double distance(Tensor rows, int i, int j, int count) {
    int width = rows.values().length / count;
    double sum = 0;
    for (int k = 0; k < width; k++) {
      double difference = (double) rows.values()[i * width + k] - rows.values()[j * width + k];
      sum += difference * difference;
    }
    return Math.sqrt(sum);
  }

  @Test
  void refusesWhatHasNoConstant() {
    TestGraph square = new TestGraph(4);
    OnnxModel product = square.model("square", square.node("Mul", List.of(X, X)));
    assertRefused(
        () -> LipschitzGraph.of(product, ENGINE), "square has no certified bound", "both of its");
    TestGraph exp = new TestGraph(4);
    OnnxModel exponential = exp.model("exp", exp.node("Exp", List.of(X)));
    assertRefused(() -> LipschitzGraph.of(exponential, ENGINE), "(Exp)", "no Lipschitz constant");
    TestGraph mixing = new TestGraph(4);
    OnnxModel mean = mixing.model("mean", mixing.node("ReduceMean", List.of(X, mixing.longs(0))));
    assertRefused(() -> LipschitzGraph.of(mean, ENGINE), "samples along its first axis");
  }
}
