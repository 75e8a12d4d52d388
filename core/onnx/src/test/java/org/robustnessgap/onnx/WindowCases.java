package org.robustnessgap.onnx;

import static org.robustnessgap.onnx.OperatorCases.array;
import static org.robustnessgap.onnx.OperatorCases.of;
import static org.robustnessgap.onnx.OperatorCases.shape;
import static org.robustnessgap.onnx.OperatorCases.with;
import static org.robustnessgap.onnx.TestGraph.X;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.robustnessgap.onnx.OperatorCases.Case;
import org.robustnessgap.onnx.OperatorCases.Maker;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.OnnxModel;

/** Random models around convolutions and pooling. */
final class WindowCases {
  static final Map<String, List<Maker>> MAKERS =
      Map.ofEntries(
          Map.entry(
              "Conv",
              List.of(
                  WindowCases::conv,
                  WindowCases::convInBlocks,
                  random -> samePadded("Conv", random))),
          Map.entry(
              "ConvTranspose",
              List.of(
                  WindowCases::convTranspose,
                  WindowCases::convTransposeToShape,
                  random -> samePadded("ConvTranspose", random))),
          Map.entry(
              "AveragePool", List.of(WindowCases::averagePool, WindowCases::averagePoolInPyTorch)),
          Map.entry(
              "MaxPool",
              List.of(
                  WindowCases::maxPool,
                  WindowCases::maxPoolOfTiles,
                  random -> samePadded("MaxPool", random))),
          Map.entry("LpPool", List.of(WindowCases::lpPool)),
          Map.entry("GlobalAveragePool", List.of(WindowCases::globalAveragePool)));

  private WindowCases() {}

  private static Case conv(SplittableRandom random) {
    Window window = Window.random(random, 3);
    long group = random.nextLong(1, 4);
    long in = random.nextLong(1, 3);
    long out = random.nextLong(1, 3);
    TestGraph graph = new TestGraph(with(group * in, window.image(random)));
    List<String> inputs = new ArrayList<>();
    inputs.add(X);
    inputs.add(graph.gaussian(random, with(group * out, with(in, window.kernel()))));
    if (random.nextBoolean()) {
      inputs.add(graph.gaussian(random, group * out));
    }
    String y =
        graph.node(
            "Conv",
            inputs,
            array(
                window.attributes(),
                Attributes.of("dilations", window.dilations()),
                Attributes.of("group", group)));
    return of("Conv", graph, y, Points.QUADRATIC);
  }

  /** As many channels as ONNX Runtime's kernels compute at once. */
  private static Case convInBlocks(SplittableRandom random) {
    long channels = 16;
    long tap = random.nextLong(1, 4);
    TestGraph graph = new TestGraph(channels, 3, 2);
    String weights = graph.gaussian(random, channels, channels, tap, 1);
    String y =
        graph.node(
            "Conv", List.of(X, weights), Attributes.of("pads", new long[] {tap - 1, 0, 0, 0}));
    return of("Conv", graph, y, Points.QUADRATIC);
  }

  private static Case convTranspose(SplittableRandom random) {
    Window window = Window.random(random, 2);
    long group = random.nextLong(1, 4);
    long in = random.nextLong(1, 3);
    long out = random.nextLong(1, 3);
    long[] image = shape(random, window.axes(), 3);
    long[] outputPadding = new long[window.axes()];
    for (int axis = 0; axis < outputPadding.length; axis++) {
      outputPadding[axis] = random.nextLong(0, window.strides()[axis]);
      long full = (image[axis] - 1) * window.strides()[axis] + window.extent(axis);
      // Pads cut the result; something must be left.
      while (full + outputPadding[axis] - window.pads()[axis] - window.pads()[axis + window.axes()]
          < 1) {
        image[axis]++;
        full += window.strides()[axis];
      }
    }
    TestGraph graph = new TestGraph(with(group * in, image));
    List<String> inputs = new ArrayList<>();
    inputs.add(X);
    inputs.add(graph.gaussian(random, with(group * in, with(out, window.kernel()))));
    if (random.nextBoolean()) {
      inputs.add(graph.gaussian(random, group * out));
    }
    String y =
        graph.node(
            "ConvTranspose",
            inputs,
            array(
                window.attributes(),
                Attributes.of("dilations", window.dilations()),
                Attributes.of("output_padding", outputPadding),
                Attributes.of("group", group)));
    return of("ConvTranspose", graph, y, Points.QUADRATIC);
  }

  private static Case convTransposeToShape(SplittableRandom random) {
    Window window = Window.random(random, 0);
    long[] image = shape(random, window.axes(), 3);
    long[] to = new long[image.length];
    for (int axis = 0; axis < to.length; axis++) {
      long reach = (image[axis] - 1) * window.strides()[axis] + window.extent(axis);
      to[axis] = Math.max(1, reach - random.nextLong(0, 3));
    }
    TestGraph graph = new TestGraph(with(2, image));
    List<AttributeProto> attributes =
        new ArrayList<>(
            List.of(
                Attributes.of("strides", window.strides()),
                Attributes.of("dilations", window.dilations()),
                Attributes.of("output_shape", to)));
    if (random.nextBoolean()) {
      attributes.add(Attributes.of("auto_pad", random.nextBoolean() ? "SAME_UPPER" : "SAME_LOWER"));
    }
    String weights = graph.gaussian(random, with(2, with(2, window.kernel())));
    String y = graph.node("ConvTranspose", List.of(X, weights), array(attributes));
    return of("ConvTranspose", graph, y, Points.QUADRATIC);
  }

  private static Case maxPool(SplittableRandom random) {
    Window window = Window.random(random, 2).withPadsBelowKernel();
    long[] image = window.image(random);
    // Else a dilated window sees nothing.
    Arrays.setAll(image, axis -> Math.max(image[axis], window.dilations()[axis]));
    TestGraph graph = new TestGraph(with(random.nextLong(1, 3), image));
    String y =
        graph.node(
            "MaxPool",
            List.of(X),
            array(
                window.attributes(),
                Attributes.of("dilations", window.dilations()),
                Attributes.of("ceil_mode", random.nextInt(2))));
    return of("MaxPool", graph, y, Points.GRID);
  }

  private static Case maxPoolOfTiles(SplittableRandom random) {
    long[] kernel = shape(random, random.nextInt(1, 4), 3);
    long[] image = kernel.clone();
    Arrays.setAll(image, axis -> kernel[axis] * random.nextLong(1, 4));
    TestGraph graph = new TestGraph(with(random.nextLong(1, 3), image));
    String y =
        graph.node(
            "MaxPool",
            List.of(X),
            Attributes.of("kernel_shape", kernel),
            Attributes.of("strides", kernel));
    return of("MaxPool", graph, y, Points.GRID);
  }

  private static Case averagePool(SplittableRandom random) {
    Window drawn = Window.random(random, 2).withPadsBelowKernel();
    // Dilations came with operator set 19.
    boolean dilated = random.nextBoolean();
    Window window = dilated ? drawn : drawn.withoutDilation();
    TestGraph graph =
        new TestGraph(with(random.nextLong(1, 4), window.image(random)))
            .opset(dilated ? 19 : OnnxModel.OPSET);
    List<AttributeProto> attributes = new ArrayList<>(window.attributes());
    attributes.add(Attributes.of("count_include_pad", random.nextInt(2)));
    if (dilated) {
      attributes.add(Attributes.of("dilations", window.dilations()));
    }
    String y = graph.node("AveragePool", List.of(X), array(attributes));
    return of("AveragePool", graph, y, Points.QUADRATIC);
  }

  /** Without dilation, but the number of windows may be rounded up, or the pads be automatic. */
  private static Case averagePoolInPyTorch(SplittableRandom random) {
    if (random.nextInt(3) == 0) {
      return samePadded("AveragePool", random);
    }
    Window window = Window.random(random, 2).withPadsBelowKernel().withoutDilation();
    TestGraph graph = new TestGraph(with(random.nextLong(1, 4), window.image(random)));
    String y =
        graph.node(
            "AveragePool",
            List.of(X),
            array(
                window.attributes(),
                Attributes.of("count_include_pad", random.nextInt(2)),
                Attributes.of("ceil_mode", 1)));
    return of("AveragePool", graph, y, Points.QUADRATIC);
  }

  private static Case lpPool(SplittableRandom random) {
    Window window = Window.random(random, 2).withPadsBelowKernel().withoutDilation();
    TestGraph graph = new TestGraph(with(random.nextLong(1, 3), window.image(random)));
    String y =
        graph.node(
            "LpPool",
            List.of(X),
            array(
                window.attributes(),
                Attributes.of("p", random.nextLong(1, 4)),
                Attributes.of("ceil_mode", random.nextInt(2))));
    return of("LpPool", graph, y, Points.SMOOTH_GRID);
  }

  /** As many windows as the strides allow, the pads left to the operator. */
  private static Case samePadded(String operator, SplittableRandom random) {
    // The runtime refuses dilation here, or computes nonsense.
    Window window = Window.random(random, 0).withoutDilation();
    boolean pooling = operator.endsWith("Pool");
    long channels = random.nextLong(1, 3);
    TestGraph graph = new TestGraph(with(channels, shape(random, window.axes(), 4)));
    List<String> inputs =
        pooling
            ? List.of(X)
            : List.of(X, graph.gaussian(random, with(channels, with(channels, window.kernel()))));
    List<AttributeProto> attributes =
        new ArrayList<>(
            List.of(
                Attributes.of("kernel_shape", window.kernel()),
                Attributes.of("strides", window.strides()),
                Attributes.of("auto_pad", random.nextBoolean() ? "SAME_UPPER" : "SAME_LOWER")));
    String y = graph.node(operator, inputs, array(attributes));
    return of(operator, graph, y, pooling ? Points.GRID : Points.QUADRATIC);
  }

  private static Case globalAveragePool(SplittableRandom random) {
    TestGraph graph = new TestGraph(shape(random, random.nextInt(2, 5), 4));
    return of(
        "GlobalAveragePool", graph, graph.node("GlobalAveragePool", List.of(X)), Points.QUADRATIC);
  }
}
