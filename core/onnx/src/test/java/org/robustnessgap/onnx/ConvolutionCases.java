package org.robustnessgap.onnx;

import static org.robustnessgap.onnx.OperatorCases.array;
import static org.robustnessgap.onnx.OperatorCases.with;
import static org.robustnessgap.onnx.TestGraph.X;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.robustnessgap.onnx.OperatorCases.Case;
import org.robustnessgap.onnx.OperatorCases.Maker;
import org.robustnessgap.onnx.graph.Attributes;

/** Random models around one constant image, with weights that each row of the input has its own. */
final class ConvolutionCases {
  static final Map<String, List<Maker>> MAKERS =
      Map.of(
          "Conv",
          List.of(ConvolutionCases::conv),
          "ConvTranspose",
          List.of(ConvolutionCases::convTranspose));

  private static final int WIDTH = 4;

  private ConvolutionCases() {}

  private static Case conv(SplittableRandom random) {
    Window window = Window.random(random, 3);
    long in = random.nextLong(1, 3);
    long out = random.nextLong(1, 3);
    long[] image = window.image(random);
    long pixels =
        IntStream.range(0, window.axes())
            .mapToLong(
                axis ->
                    (padded(window, image, axis) - window.extent(axis)) / window.strides()[axis]
                        + 1)
            .reduce(1, (a, b) -> a * b);
    TestGraph graph = new TestGraph(WIDTH);
    List<String> inputs = new ArrayList<>();
    inputs.add(graph.gaussian(random, with(1, with(in, image))));
    inputs.add(
        linear(
            graph,
            random,
            out * in * TestGraph.size(window.kernel()),
            with(-1, with(in, window.kernel()))));
    if (random.nextBoolean()) {
      inputs.add(linear(graph, random, out, -1));
    }
    return rows(graph, "Conv", inputs, window, out, pixels);
  }

  private static long padded(Window window, long[] image, int axis) {
    return image[axis] + window.pads()[axis] + window.pads()[axis + window.axes()];
  }

  private static Case convTranspose(SplittableRandom random) {
    Window window = Window.random(random, 0);
    long out = random.nextLong(1, 3);
    long[] image = OperatorCases.shape(random, window.axes(), 3);
    long pixels =
        IntStream.range(0, window.axes())
            .mapToLong(axis -> (image[axis] - 1) * window.strides()[axis] + window.extent(axis))
            .reduce(1, (a, b) -> a * b);
    TestGraph graph = new TestGraph(WIDTH);
    String weights =
        linear(
            graph,
            random,
            out * TestGraph.size(window.kernel()),
            with(1, with(-1, window.kernel())));
    List<String> inputs = List.of(graph.gaussian(random, with(1, with(1, image))), weights);
    return rows(graph, "ConvTranspose", inputs, window, out, pixels);
  }

  /** So many numbers for each row. */
  private static String linear(
      TestGraph graph, SplittableRandom random, long count, long... shape) {
    String product = graph.node("MatMul", List.of(X, graph.gaussian(random, WIDTH, count)));
    return graph.node("Reshape", List.of(product, graph.longs(shape)));
  }

  private static Case rows(
      TestGraph graph, String operator, List<String> inputs, Window window, long out, long pixels) {
    String y =
        graph.node(
            operator,
            inputs,
            array(window.attributes(), Attributes.of("dilations", window.dilations())));
    String rows = graph.node("Reshape", List.of(y, graph.longs(-1, out, pixels)));
    return new Case(graph.model(operator, rows), Points.QUADRATIC);
  }
}
