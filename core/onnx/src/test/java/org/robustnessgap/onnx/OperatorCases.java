package org.robustnessgap.onnx;

import static org.robustnessgap.onnx.TestGraph.X;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.OnnxModel;

/** Random models around one operator each. */
final class OperatorCases {
  private OperatorCases() {}

  /** A model, and where to differentiate it. */
  record Case(OnnxModel model, Points points) {}

  /** Draws a case. */
  @FunctionalInterface
  interface Maker {
    Case make(SplittableRandom random);
  }

  /** Of every operator. */
  static final Map<String, List<Maker>> MAKERS = new TreeMap<>();

  static {
    MAKERS.putAll(linearAndWindowed());
    MAKERS.putAll(ElementwiseCases.MAKERS);
    MAKERS.putAll(MovementCases.MAKERS);
    MAKERS.putAll(NormalizationCases.MAKERS);
    MAKERS.putAll(ReductionCases.MAKERS);
    MAKERS.putAll(AttentionCases.MAKERS);
    MAKERS.putAll(EinsumCases.MAKERS);
    MAKERS.putAll(QuantizationCases.MAKERS);
  }

  private static Map<String, List<Maker>> linearAndWindowed() {
    return Map.ofEntries(
        Map.entry("Add", binary("Add")),
        Map.entry(
            "AveragePool",
            List.of(OperatorCases::averagePool, OperatorCases::averagePoolInPyTorch)),
        Map.entry("BatchNormalization", List.of(OperatorCases::batchNormalization)),
        Map.entry(
            "Conv",
            List.of(
                OperatorCases::conv,
                OperatorCases::convInBlocks,
                random -> samePadded("Conv", random))),
        Map.entry(
            "ConvTranspose",
            List.of(
                OperatorCases::convTranspose,
                OperatorCases::convTransposeToShape,
                random -> samePadded("ConvTranspose", random))),
        Map.entry("Div", List.of(OperatorCases::divByConstant, OperatorCases::divOfActiveValues)),
        Map.entry("Dropout", List.of(OperatorCases::dropout)),
        Map.entry("Flatten", List.of(OperatorCases::flatten)),
        Map.entry(
            "Gemm",
            List.of(
                OperatorCases::gemmOfActiveA,
                OperatorCases::gemmOfActiveB,
                OperatorCases::gemmOfActiveAAndC)),
        Map.entry("GlobalAveragePool", List.of(OperatorCases::globalAveragePool)),
        Map.entry("Identity", List.of(unary("Identity", Points.QUADRATIC))),
        Map.entry("LeakyRelu", List.of(OperatorCases::leakyRelu)),
        Map.entry(
            "MatMul",
            List.of(
                OperatorCases::matMulWithConstant,
                OperatorCases::matMulOfActiveValues,
                OperatorCases::matMulOfLowerRank,
                OperatorCases::matMulWithVector)),
        Map.entry("LpPool", List.of(OperatorCases::lpPool)),
        Map.entry(
            "MaxPool",
            List.of(
                OperatorCases::maxPool,
                OperatorCases::maxPoolOfTiles,
                random -> samePadded("MaxPool", random))),
        Map.entry("Mul", binary("Mul")),
        Map.entry("Neg", List.of(unary("Neg", Points.QUADRATIC))),
        Map.entry("Relu", List.of(unary("Relu", Points.GRID), behindWeights("Relu", Points.GRID))),
        Map.entry("Reshape", List.of(OperatorCases::reshape, OperatorCases::reshapeToOwnShape)),
        Map.entry("Sigmoid", List.of(unary("Sigmoid", Points.SMOOTH))),
        Map.entry("Squeeze", List.of(OperatorCases::squeeze)),
        Map.entry("Sub", binary("Sub")),
        Map.entry("Tanh", List.of(unary("Tanh", Points.SMOOTH))),
        Map.entry(
            "Transpose", List.of(OperatorCases::transpose, OperatorCases::transposeByDefault)),
        Map.entry("Unsqueeze", List.of(OperatorCases::unsqueeze)));
  }

  static long[] shape(SplittableRandom random, int rank, int largest) {
    return LongStream.generate(() -> random.nextLong(1, largest + 1)).limit(rank).toArray();
  }

  static long[] with(long first, long... rest) {
    return LongStream.concat(LongStream.of(first), Arrays.stream(rest)).toArray();
  }

  static Case of(String operator, TestGraph graph, String output, Points points) {
    return new Case(graph.model(operator, output), points);
  }

  static Maker unary(String operator, Points points) {
    return random -> {
      TestGraph graph = new TestGraph(shape(random, random.nextInt(1, 5), 4));
      return of(operator, graph, graph.node(operator, List.of(X)), points);
    };
  }

  /** Of the elements of the image in another order, which a product with a matrix gives them. */
  static Maker behindWeights(String operator, Points points, float... constants) {
    return random -> {
      long[] row = shape(random, random.nextInt(1, 4), 4);
      TestGraph graph = new TestGraph(row);
      int width = (int) row[row.length - 1];
      float[] reversal = new float[width * width];
      for (int i = 0; i < width; i++) {
        reversal[i * width + width - 1 - i] = 1;
      }
      List<String> inputs = new ArrayList<>();
      inputs.add(graph.node("MatMul", List.of(X, graph.floats(reversal, width, width))));
      for (float constant : constants) {
        inputs.add(graph.floats(new float[] {constant}));
      }
      return of(operator, graph, graph.node(operator, inputs), points);
    };
  }

  private static Case leakyRelu(SplittableRandom random) {
    TestGraph graph = new TestGraph(shape(random, random.nextInt(1, 5), 4));
    AttributeProto[] slope =
        random.nextBoolean()
            ? new AttributeProto[0]
            : new AttributeProto[] {Attributes.of("alpha", (float) random.nextDouble(-0.5, 1.5))};
    return of("LeakyRelu", graph, graph.node("LeakyRelu", List.of(X), slope), Points.GRID);
  }

  private static Case dropout(SplittableRandom random) {
    TestGraph graph = new TestGraph(shape(random, 2, 4));
    String ratio = graph.floats(new float[] {0.5f});
    List<String> inputs =
        switch (random.nextInt(3)) {
          case 0 -> List.of(X);
          case 1 -> List.of(X, ratio);
          default -> List.of(X, ratio, graph.truth(false));
        };
    return of("Dropout", graph, graph.node("Dropout", inputs), Points.QUADRATIC);
  }

  static List<Maker> binary(String operator) {
    return List.of(
        random -> withConstant(operator, random),
        random -> repeatedValue(operator, random),
        random -> repeatedAlongLeadingAxis(operator, random),
        random -> twice(operator, random));
  }

  /** One operand is constant; either may be the one that is repeated; either may come first. */
  private static Case withConstant(String operator, SplittableRandom random) {
    long[] row = shape(random, random.nextInt(1, 4), 4);
    long[] other = row.clone();
    for (int axis = 0; axis < row.length; axis++) {
      if (random.nextInt(3) == 0) {
        other[axis] = 1;
      } else if (random.nextInt(3) == 0) {
        row[axis] = 1;
      }
    }
    long[] constant =
        switch (random.nextInt(3)) {
          case 0 -> with(1, other);
          case 1 -> other;
          // Fewer axes: lacking ones count as 1.
          default -> Arrays.copyOfRange(other, random.nextInt(other.length + 1), other.length);
        };
    TestGraph graph = new TestGraph(row);
    String c = graph.gaussian(random, constant);
    List<String> inputs = random.nextBoolean() ? List.of(X, c) : List.of(c, X);
    return of(operator, graph, graph.node(operator, inputs), Points.QUADRATIC);
  }

  /** Both operands are active, and one is repeated along some axes. */
  private static Case repeatedValue(String operator, SplittableRandom random) {
    long[] row = shape(random, 3, 4);
    TestGraph graph = new TestGraph(row);
    String mean = graph.node("GlobalAveragePool", List.of(X));
    String bent = graph.node("Mul", List.of(X, graph.gaussian(random, row)));
    List<String> inputs = random.nextBoolean() ? List.of(bent, mean) : List.of(mean, bent);
    return of(operator, graph, graph.node(operator, inputs), Points.QUADRATIC);
  }

  /** The active operand has fewer axes than the constant one. */
  private static Case repeatedAlongLeadingAxis(String operator, SplittableRandom random) {
    long width = random.nextLong(1, 5);
    TestGraph graph = new TestGraph(width);
    String c = graph.gaussian(random, random.nextLong(1, 4), 1, random.nextBoolean() ? width : 1);
    List<String> inputs = random.nextBoolean() ? List.of(X, c) : List.of(c, X);
    String y = graph.node(operator, inputs);
    String batchFirst =
        graph.node("Transpose", List.of(y), Attributes.of("perm", new long[] {1, 0, 2}));
    return of(operator, graph, batchFirst, Points.QUADRATIC);
  }

  /** The same value on both sides, plus another use of it. */
  private static Case twice(String operator, SplittableRandom random) {
    long[] row = shape(random, 2, 4);
    TestGraph graph = new TestGraph(row);
    String y = graph.node(operator, List.of(X, X));
    String scaled = graph.node("Mul", List.of(X, graph.gaussian(random, row)));
    return of(operator, graph, graph.node("Add", List.of(y, scaled)), Points.QUADRATIC);
  }

  private static Case divByConstant(SplittableRandom random) {
    long[] row = shape(random, 3, 4);
    TestGraph graph = new TestGraph(row);
    long[] divisor = row.clone();
    divisor[random.nextInt(3)] = 1;
    String c = graph.uniform(random, 0.5, 2, divisor);
    return of("Div", graph, graph.node("Div", List.of(X, c)), Points.QUADRATIC);
  }

  /** The divisor is 1 + tanh²/2 of the input, or of its means, so it never comes near 0. */
  private static Case divOfActiveValues(SplittableRandom random) {
    long[] row = shape(random, 3, 4);
    TestGraph graph = new TestGraph(row);
    String from = random.nextBoolean() ? X : graph.node("GlobalAveragePool", List.of(X));
    String tanh = graph.node("Tanh", List.of(from));
    String square = graph.node("Mul", List.of(tanh, tanh));
    String half = graph.node("Mul", List.of(square, graph.floats(new float[] {0.5f})));
    String divisor = graph.node("Add", List.of(half, graph.floats(new float[] {1})));
    String dividend = random.nextBoolean() ? X : graph.gaussian(random, with(1, row));
    return of("Div", graph, graph.node("Div", List.of(dividend, divisor)), Points.SMOOTH);
  }

  private static AttributeProto[] gemmAttributes(
      SplittableRandom random, boolean transA, boolean transB) {
    return new AttributeProto[] {
      Attributes.of("alpha", (float) random.nextDouble(-2, 2)),
      Attributes.of("beta", (float) random.nextDouble(-2, 2)),
      Attributes.of("transA", transA ? 1 : 0),
      Attributes.of("transB", transB ? 1 : 0)
    };
  }

  private static String swapped(TestGraph graph, String matrix) {
    return graph.node("Transpose", List.of(matrix), Attributes.of("perm", new long[] {1, 0}));
  }

  private static Case gemmOfActiveA(SplittableRandom random) {
    long k = random.nextLong(1, 6);
    long m = random.nextLong(1, 6);
    boolean transA = random.nextBoolean();
    boolean transB = random.nextBoolean();
    TestGraph graph = new TestGraph(k);
    List<String> inputs = new ArrayList<>();
    inputs.add(transA ? swapped(graph, X) : X);
    inputs.add(transB ? graph.gaussian(random, m, k) : graph.gaussian(random, k, m));
    switch (random.nextInt(4)) {
      case 0 -> inputs.add(graph.gaussian(random, m));
      case 1 -> inputs.add(graph.gaussian(random, 1, m));
      case 2 -> inputs.add(graph.gaussian(random, 1));
      default -> {}
    }
    String y = graph.node("Gemm", inputs, gemmAttributes(random, transA, transB));
    return of("Gemm", graph, y, Points.QUADRATIC);
  }

  /** The batch runs along the columns of the product. */
  private static Case gemmOfActiveB(SplittableRandom random) {
    long k = random.nextLong(1, 6);
    long m = random.nextLong(1, 6);
    boolean transA = random.nextBoolean();
    boolean transB = random.nextBoolean();
    TestGraph graph = new TestGraph(k);
    String a = transA ? graph.gaussian(random, k, m) : graph.gaussian(random, m, k);
    String y =
        graph.node(
            "Gemm",
            List.of(a, transB ? X : swapped(graph, X)),
            gemmAttributes(random, transA, transB));
    return of("Gemm", graph, swapped(graph, y), Points.QUADRATIC);
  }

  private static Case gemmOfActiveAAndC(SplittableRandom random) {
    long k = random.nextLong(1, 6);
    long m = random.nextLong(1, 6);
    TestGraph graph = new TestGraph(k);
    // C is a matrix or a column, repeated along the other axis.
    long columns = random.nextBoolean() ? m : 1;
    String c = graph.node("MatMul", List.of(X, graph.gaussian(random, k, columns)));
    String y =
        graph.node(
            "Gemm",
            List.of(X, graph.gaussian(random, k, m), c),
            gemmAttributes(random, false, false));
    return of("Gemm", graph, y, Points.QUADRATIC);
  }

  private static Case matMulWithConstant(SplittableRandom random) {
    long a = random.nextLong(1, 5);
    long b = random.nextLong(1, 5);
    long c = random.nextLong(1, 5);
    long heads = random.nextLong(1, 4);
    return switch (random.nextInt(4)) {
      case 0 -> {
        TestGraph graph = new TestGraph(b);
        String y = graph.node("MatMul", List.of(X, graph.gaussian(random, b, c)));
        yield of("MatMul", graph, y, Points.QUADRATIC);
      }
      case 1 -> {
        // x is repeated over the heads of the constant.
        TestGraph graph = new TestGraph(1, a, b);
        String y = graph.node("MatMul", List.of(X, graph.gaussian(random, heads, b, c)));
        yield of("MatMul", graph, y, Points.QUADRATIC);
      }
      case 2 -> {
        TestGraph graph = new TestGraph(heads, b, c);
        String y = graph.node("MatMul", List.of(graph.gaussian(random, 1, 1, a, b), X));
        yield of("MatMul", graph, y, Points.QUADRATIC);
      }
      default -> {
        TestGraph graph = new TestGraph(b, c);
        String y = graph.node("MatMul", List.of(graph.gaussian(random, a, b), X));
        yield of("MatMul", graph, y, Points.QUADRATIC);
      }
    };
  }

  private static Case matMulOfActiveValues(SplittableRandom random) {
    long a = random.nextLong(1, 4);
    long b = random.nextLong(1, 4);
    long heads = random.nextLong(1, 4);
    TestGraph graph = new TestGraph(heads, a, b);
    String turned =
        graph.node("Transpose", List.of(X), Attributes.of("perm", new long[] {0, 1, 3, 2}));
    String other =
        random.nextBoolean()
            ? turned
            // One matrix for all heads.
            : graph.node(
                "Transpose",
                List.of(
                    graph.node(
                        "GlobalAveragePool",
                        List.of(
                            graph.node(
                                "Reshape",
                                List.of(
                                    graph.node(
                                        "Transpose",
                                        List.of(X),
                                        Attributes.of("perm", new long[] {0, 2, 3, 1})),
                                    graph.longs(0, a * b, heads)))))),
                Attributes.of("perm", new long[] {0, 2, 1}));
    if (!other.equals(turned)) {
      other = graph.node("Reshape", List.of(other, graph.longs(-1, 1, b, a)));
    }
    List<String> inputs = random.nextBoolean() ? List.of(X, other) : List.of(other, X);
    return of("MatMul", graph, graph.node("MatMul", inputs), Points.QUADRATIC);
  }

  private static Case matMulWithVector(SplittableRandom random) {
    long a = random.nextLong(1, 4);
    long b = random.nextLong(1, 4);
    TestGraph graph = new TestGraph(a, b);
    String column = graph.node("MatMul", List.of(X, graph.gaussian(random, b)));
    String row = graph.node("MatMul", List.of(graph.gaussian(random, a), X));
    return of("MatMul", graph, random.nextBoolean() ? column : row, Points.QUADRATIC);
  }

  /** The active factor lacks the leading axis of the constant one. */
  private static Case matMulOfLowerRank(SplittableRandom random) {
    long a = random.nextLong(1, 4);
    long b = random.nextLong(1, 4);
    long c = random.nextLong(1, 4);
    long heads = random.nextLong(1, 4);
    TestGraph graph = new TestGraph(b, c);
    String left = graph.gaussian(random, heads, 1, a, b);
    String y = graph.node("MatMul", List.of(left, X));
    String batchFirst =
        graph.node("Transpose", List.of(y), Attributes.of("perm", new long[] {1, 0, 2, 3}));
    return of("MatMul", graph, batchFirst, Points.QUADRATIC);
  }

  /** Geometry of a window that slides over one to three axes. */
  record Window(long[] kernel, long[] strides, long[] dilations, long[] pads) {
    static Window random(SplittableRandom random, int largestPad) {
      int axes = random.nextInt(1, 4);
      boolean unit = random.nextBoolean();
      return new Window(
          shape(random, axes, 3),
          unit ? shape(random, axes, 1) : shape(random, axes, 3),
          shape(random, axes, 2),
          Arrays.stream(shape(random, 2 * axes, largestPad + 1)).map(pad -> pad - 1).toArray());
    }

    int axes() {
      return kernel.length;
    }

    long extent(int axis) {
      return dilations[axis] * (kernel[axis] - 1) + 1;
    }

    /** Sizes of an image in which the window finds a place. */
    long[] image(SplittableRandom random) {
      long[] size = new long[axes()];
      for (int axis = 0; axis < size.length; axis++) {
        long least = Math.max(1, extent(axis) - pads[axis] - pads[axis + axes()]);
        size[axis] = least + random.nextLong(0, axes() == 3 ? 3 : 5);
      }
      return size;
    }

    Window withoutDilation() {
      return new Window(kernel, strides, shape(new SplittableRandom(0), axes(), 1), pads);
    }

    /** Pads that no window lies in entirely. */
    Window withPadsBelowKernel() {
      long[] smaller = pads.clone();
      for (int i = 0; i < pads.length; i++) {
        smaller[i] = Math.min(pads[i], kernel[i % axes()] - 1);
      }
      return new Window(kernel, strides, dilations, smaller);
    }

    List<AttributeProto> attributes() {
      return List.of(
          Attributes.of("kernel_shape", kernel),
          Attributes.of("strides", strides),
          Attributes.of("pads", pads));
    }
  }

  static AttributeProto[] array(List<AttributeProto> some, AttributeProto... more) {
    List<AttributeProto> all = new ArrayList<>(some);
    all.addAll(List.of(more));
    return all.toArray(AttributeProto[]::new);
  }

  private static Case conv(SplittableRandom random) {
    Window window = Window.random(random, 3);
    long group = random.nextLong(1, 4);
    long in = random.nextLong(1, 3);
    long out = random.nextLong(1, 3);
    TestGraph graph = new TestGraph(with(group * in, window.image(random)));
    List<String> inputs = new ArrayList<>();
    inputs.add(X);
    inputs.add(graph.gaussian(random, with(group * out, with(in, window.kernel))));
    if (random.nextBoolean()) {
      inputs.add(graph.gaussian(random, group * out));
    }
    String y =
        graph.node(
            "Conv",
            inputs,
            array(
                window.attributes(),
                Attributes.of("dilations", window.dilations),
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
      outputPadding[axis] = random.nextLong(0, window.strides[axis]);
      long full = (image[axis] - 1) * window.strides[axis] + window.extent(axis);
      // Pads cut the result; something must be left.
      while (full + outputPadding[axis] - window.pads[axis] - window.pads[axis + window.axes()]
          < 1) {
        image[axis]++;
        full += window.strides[axis];
      }
    }
    TestGraph graph = new TestGraph(with(group * in, image));
    List<String> inputs = new ArrayList<>();
    inputs.add(X);
    inputs.add(graph.gaussian(random, with(group * in, with(out, window.kernel))));
    if (random.nextBoolean()) {
      inputs.add(graph.gaussian(random, group * out));
    }
    String y =
        graph.node(
            "ConvTranspose",
            inputs,
            array(
                window.attributes(),
                Attributes.of("dilations", window.dilations),
                Attributes.of("output_padding", outputPadding),
                Attributes.of("group", group)));
    return of("ConvTranspose", graph, y, Points.QUADRATIC);
  }

  private static Case maxPool(SplittableRandom random) {
    Window window = Window.random(random, 2).withPadsBelowKernel();
    long[] image = window.image(random);
    // Else a dilated window sees nothing.
    Arrays.setAll(image, axis -> Math.max(image[axis], window.dilations[axis]));
    TestGraph graph = new TestGraph(with(random.nextLong(1, 3), image));
    String y =
        graph.node(
            "MaxPool",
            List.of(X),
            array(
                window.attributes(),
                Attributes.of("dilations", window.dilations),
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
      attributes.add(Attributes.of("dilations", window.dilations));
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
            : List.of(X, graph.gaussian(random, with(channels, with(channels, window.kernel))));
    List<AttributeProto> attributes =
        new ArrayList<>(
            List.of(
                Attributes.of("kernel_shape", window.kernel),
                Attributes.of("strides", window.strides),
                Attributes.of("auto_pad", random.nextBoolean() ? "SAME_UPPER" : "SAME_LOWER")));
    String y = graph.node(operator, inputs, array(attributes));
    return of(operator, graph, y, pooling ? Points.GRID : Points.QUADRATIC);
  }

  private static Case convTransposeToShape(SplittableRandom random) {
    Window window = Window.random(random, 0);
    long[] image = shape(random, window.axes(), 3);
    long[] to = new long[image.length];
    for (int axis = 0; axis < to.length; axis++) {
      long reach = (image[axis] - 1) * window.strides[axis] + window.extent(axis);
      to[axis] = Math.max(1, reach - random.nextLong(0, 3));
    }
    TestGraph graph = new TestGraph(with(2, image));
    List<AttributeProto> attributes =
        new ArrayList<>(
            List.of(
                Attributes.of("strides", window.strides),
                Attributes.of("dilations", window.dilations),
                Attributes.of("output_shape", to)));
    if (random.nextBoolean()) {
      attributes.add(Attributes.of("auto_pad", random.nextBoolean() ? "SAME_UPPER" : "SAME_LOWER"));
    }
    String weights = graph.gaussian(random, with(2, with(2, window.kernel)));
    String y = graph.node("ConvTranspose", List.of(X, weights), array(attributes));
    return of("ConvTranspose", graph, y, Points.QUADRATIC);
  }

  private static Case globalAveragePool(SplittableRandom random) {
    TestGraph graph = new TestGraph(shape(random, random.nextInt(2, 5), 4));
    return of(
        "GlobalAveragePool", graph, graph.node("GlobalAveragePool", List.of(X)), Points.QUADRATIC);
  }

  private static Case batchNormalization(SplittableRandom random) {
    long[] row = shape(random, random.nextInt(1, 5), 4);
    TestGraph graph = new TestGraph(row);
    String y =
        graph.node(
            "BatchNormalization",
            List.of(
                X,
                graph.gaussian(random, row[0]),
                graph.gaussian(random, row[0]),
                graph.gaussian(random, row[0]),
                graph.uniform(random, 0.1, 3, row[0])),
            Attributes.of("epsilon", (float) random.nextDouble(1e-5, 0.1)));
    return of("BatchNormalization", graph, y, Points.QUADRATIC);
  }

  private static Case reshape(SplittableRandom random) {
    long[] row = shape(random, 3, 4);
    TestGraph graph = new TestGraph(row);
    String to =
        random.nextBoolean()
            ? graph.longs(0, row[0] * row[1], -1)
            : graph.longs(-1, row[2], row[0] * row[1]);
    return of("Reshape", graph, graph.node("Reshape", List.of(X, to)), Points.QUADRATIC);
  }

  /**
   * The target shape is computed from the input, as exporters write it: no gradient flows there.
   */
  private static Case reshapeToOwnShape(SplittableRandom random) {
    long[] row = shape(random, 2, 4);
    TestGraph graph = new TestGraph(row);
    String shape = graph.node("Shape", List.of(X));
    String batch = graph.node("Gather", List.of(shape, graph.longs(0)), Attributes.of("axis", 0L));
    String to = graph.node("Concat", List.of(batch, graph.longs(-1)), Attributes.of("axis", 0L));
    return of("Reshape", graph, graph.node("Reshape", List.of(X, to)), Points.QUADRATIC);
  }

  private static Case flatten(SplittableRandom random) {
    long[] row = shape(random, 3, 4);
    TestGraph graph = new TestGraph(row);
    long axis = random.nextLong(1, 5);
    String flat = graph.node("Flatten", List.of(X), Attributes.of("axis", axis));
    // Axes beyond the first mix the batch with others; this takes it apart again.
    String y = graph.node("Reshape", List.of(flat, graph.longs(-1, row[0] * row[1] * row[2])));
    return of("Flatten", graph, axis == 1 ? flat : y, Points.QUADRATIC);
  }

  private static Case squeeze(SplittableRandom random) {
    TestGraph graph = new TestGraph(random.nextLong(1, 4), 1, random.nextLong(1, 4), 1);
    long[][] axes = {{2}, {4}, {2, 4}, {-1}, {-3, 4}};
    String y = graph.node("Squeeze", List.of(X, graph.longs(axes[random.nextInt(axes.length)])));
    return of("Squeeze", graph, y, Points.QUADRATIC);
  }

  private static Case unsqueeze(SplittableRandom random) {
    TestGraph graph = new TestGraph(shape(random, 2, 4));
    long[][] axes = {{1}, {3}, {1, 4}, {-1}, {2, 1}};
    String y = graph.node("Unsqueeze", List.of(X, graph.longs(axes[random.nextInt(axes.length)])));
    return of("Unsqueeze", graph, y, Points.QUADRATIC);
  }

  private static Case transpose(SplittableRandom random) {
    long[] row = shape(random, random.nextInt(1, 5), 4);
    long[] permutation = LongStream.rangeClosed(0, row.length).toArray();
    for (int i = row.length; i > 1; i--) {
      int other = random.nextInt(1, i + 1);
      long kept = permutation[i];
      permutation[i] = permutation[other];
      permutation[other] = kept;
    }
    TestGraph graph = new TestGraph(row);
    String y = graph.node("Transpose", List.of(X), Attributes.of("perm", permutation));
    return of("Transpose", graph, y, Points.QUADRATIC);
  }

  /** Without a permutation the axes are reversed; a second one puts the batch first again. */
  private static Case transposeByDefault(SplittableRandom random) {
    TestGraph graph = new TestGraph(shape(random, 2, 4));
    String reversed = graph.node("Transpose", List.of(X));
    String y =
        graph.node("Transpose", List.of(reversed), Attributes.of("perm", new long[] {2, 0, 1}));
    return of("Transpose", graph, y, Points.QUADRATIC);
  }
}
