package org.robustnessgap.onnx;

import static org.robustnessgap.onnx.OperatorCases.behindWeights;
import static org.robustnessgap.onnx.OperatorCases.of;
import static org.robustnessgap.onnx.OperatorCases.shape;
import static org.robustnessgap.onnx.OperatorCases.unary;
import static org.robustnessgap.onnx.OperatorCases.with;
import static org.robustnessgap.onnx.TestGraph.X;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.robustnessgap.onnx.OperatorCases.Case;
import org.robustnessgap.onnx.OperatorCases.Maker;
import org.robustnessgap.onnx.graph.Attributes;

/** Random models around operators on single elements, with broadcasting. */
final class ElementwiseCases {
  static final Map<String, List<Maker>> MAKERS =
      Map.ofEntries(
          Map.entry("Acos", List.of(ofFraction("Acos"))),
          Map.entry("Asin", List.of(ofFraction("Asin"))),
          Map.entry("Atanh", List.of(ofFraction("Atanh"))),
          Map.entry("Acosh", List.of(ElementwiseCases::acosh)),
          Map.entry("Asinh", List.of(unary("Asinh", Points.SMOOTH))),
          Map.entry("Atan", List.of(unary("Atan", Points.SMOOTH))),
          Map.entry("Sinh", List.of(unary("Sinh", Points.SMOOTH))),
          Map.entry("Cosh", List.of(unary("Cosh", Points.SMOOTH))),
          Map.entry("Tan", List.of(ofFraction("Tan"))),
          Map.entry("Shrink", List.of(kinked("Shrink", ElementwiseCases::bounds))),
          Map.entry("Swish", List.of(ElementwiseCases::swish)),
          Map.entry("Abs", List.of(unary("Abs", Points.GRID))),
          Map.entry("Cast", List.of(ElementwiseCases::cast)),
          Map.entry("Ceil", List.of(flat("Ceil"))),
          Map.entry("Celu", List.of(kinked("Celu", random -> alpha(random, 0.5, 2)))),
          Map.entry(
              "Clip", List.of(ElementwiseCases::clip, behindWeights("Clip", Points.GRID, 0, 6))),
          Map.entry("Cos", List.of(unary("Cos", Points.SMOOTH))),
          Map.entry("Elu", List.of(kinked("Elu", random -> alpha(random, -1, 2)))),
          Map.entry("Erf", List.of(unary("Erf", Points.SMOOTH))),
          Map.entry("Exp", List.of(unary("Exp", Points.SMOOTH))),
          Map.entry("Floor", List.of(flat("Floor"))),
          Map.entry("Gelu", List.of(ElementwiseCases::gelu)),
          Map.entry(
              "HardSigmoid",
              List.of(
                  kinked("HardSigmoid", ElementwiseCases::slope),
                  behindWeights("HardSigmoid", Points.SMOOTH_GRID))),
          Map.entry(
              "HardSwish",
              List.of(
                  kinked("HardSwish", random -> List.of()),
                  behindWeights("HardSwish", Points.SMOOTH_GRID))),
          Map.entry("Log", List.of(ofPositive("Log"))),
          Map.entry("LogSoftmax", List.of(random -> softmax("LogSoftmax", random))),
          Map.entry("Max", variadic("Max")),
          Map.entry("Mean", variadic("Mean")),
          Map.entry("Min", variadic("Min")),
          Map.entry("Mish", List.of(unary("Mish", Points.SMOOTH))),
          Map.entry("Mod", List.of(ElementwiseCases::mod, ElementwiseCases::modOfDivisor)),
          Map.entry("PRelu", List.of(ElementwiseCases::prelu, ElementwiseCases::preluOfSlope)),
          Map.entry("Pow", List.of(ElementwiseCases::pow, ElementwiseCases::powOfExponent)),
          Map.entry("Reciprocal", List.of(ofPositive("Reciprocal"))),
          Map.entry("Round", List.of(flat("Round"))),
          Map.entry(
              "Selu",
              List.of(
                  kinked("Selu", random -> List.of()),
                  kinked("Selu", random -> alpha(random, 0.5, 2)))),
          Map.entry("Sign", List.of(flat("Sign"))),
          Map.entry("Sin", List.of(unary("Sin", Points.SMOOTH))),
          Map.entry("Softmax", List.of(random -> softmax("Softmax", random))),
          Map.entry("Softplus", List.of(unary("Softplus", Points.SMOOTH))),
          Map.entry("Softsign", List.of(kinked("Softsign", random -> List.of()))),
          Map.entry("Sqrt", List.of(ofPositive("Sqrt"))),
          Map.entry("Sum", variadic("Sum")),
          Map.entry(
              "ThresholdedRelu", List.of(kinked("ThresholdedRelu", ElementwiseCases::threshold))),
          Map.entry(
              "Where",
              List.of(
                  ElementwiseCases::where,
                  ElementwiseCases::whereOfSign,
                  ElementwiseCases::whereOfTheLarger)));

  private ElementwiseCases() {}

  private static TestGraph graph(SplittableRandom random) {
    return new TestGraph(shape(random, random.nextInt(1, 5), 4));
  }

  private static List<AttributeProto> alpha(SplittableRandom random, double low, double high) {
    return List.of(Attributes.of("alpha", (float) random.nextDouble(low, high)));
  }

  /** Kinks at multiples of 1/2. */
  private static List<AttributeProto> slope(SplittableRandom random) {
    float[] slopes = {0.2f, 0.25f, 0.5f};
    return List.of(
        Attributes.of("alpha", slopes[random.nextInt(slopes.length)]), Attributes.of("beta", 0.5f));
  }

  private static List<AttributeProto> threshold(SplittableRandom random) {
    return List.of(Attributes.of("alpha", random.nextInt(-1, 2) * 0.5f));
  }

  private static Maker kinked(
      String operator, Function<SplittableRandom, List<AttributeProto>> attributes) {
    return random -> {
      TestGraph graph = graph(random);
      AttributeProto[] drawn = attributes.apply(random).toArray(AttributeProto[]::new);
      return of(operator, graph, graph.node(operator, List.of(X), drawn), Points.SMOOTH_GRID);
    };
  }

  /** x plus a step function of x. */
  private static Maker flat(String operator) {
    return random -> {
      TestGraph graph = graph(random);
      String step = graph.node(operator, List.of(X));
      return of(operator, graph, graph.node("Add", List.of(X, step)), Points.GRID);
    };
  }

  /** x²/4 + 1. */
  private static String positive(TestGraph graph) {
    String half = graph.node("Mul", List.of(X, graph.floats(new float[] {0.5f})));
    String square = graph.node("Mul", List.of(half, half));
    return graph.node("Add", List.of(square, graph.floats(new float[] {1})));
  }

  /** tanh x · 0.9, strictly between −1 and 1. */
  private static Maker ofFraction(String operator) {
    return random -> {
      TestGraph graph = graph(random);
      String tanh = graph.node("Tanh", List.of(X));
      String fraction = graph.node("Mul", List.of(tanh, graph.floats(new float[] {0.9f})));
      return of(operator, graph, graph.node(operator, List.of(fraction)), Points.SMOOTH);
    };
  }

  private static Case acosh(SplittableRandom random) {
    TestGraph graph = graph(random);
    String more = graph.node("Add", List.of(positive(graph), graph.floats(new float[] {0.5f})));
    return of("Acosh", graph, graph.node("Acosh", List.of(more)), Points.SMOOTH);
  }

  private static List<AttributeProto> bounds(SplittableRandom random) {
    return List.of(
        Attributes.of("lambd", random.nextInt(3) * 0.5f),
        Attributes.of("bias", (float) random.nextDouble(-1, 1)));
  }

  private static Case swish(SplittableRandom random) {
    TestGraph graph = graph(random).opset(24);
    AttributeProto[] alpha =
        random.nextBoolean()
            ? new AttributeProto[0]
            : alpha(random, -1, 2).toArray(AttributeProto[]::new);
    return of("Swish", graph, graph.node("Swish", List.of(X), alpha), Points.SMOOTH);
  }

  private static Maker ofPositive(String operator) {
    return random -> {
      TestGraph graph = graph(random);
      return of(operator, graph, graph.node(operator, List.of(positive(graph))), Points.SMOOTH);
    };
  }

  private static Case gelu(SplittableRandom random) {
    TestGraph graph = graph(random).opset(20);
    AttributeProto[] form =
        random.nextBoolean()
            ? new AttributeProto[0]
            : new AttributeProto[] {
              Attributes.of("approximate", random.nextBoolean() ? "tanh" : "none")
            };
    return of("Gelu", graph, graph.node("Gelu", List.of(X), form), Points.SMOOTH);
  }

  private static Case softmax(String operator, SplittableRandom random) {
    int rank = random.nextInt(1, 5);
    TestGraph graph = new TestGraph(shape(random, rank, 4));
    String y =
        random.nextInt(3) == 0
            ? graph.node(operator, List.of(X))
            : graph.node(
                operator,
                List.of(X),
                Attributes.of(
                    "axis",
                    random.nextBoolean()
                        ? random.nextLong(1, rank + 1)
                        : -random.nextLong(1, rank + 1)));
    String scaled = graph.node("Mul", List.of(y, graph.floats(new float[] {3})));
    return of(operator, graph, graph.node("Add", List.of(scaled, X)), Points.SMOOTH);
  }

  /** To double precision and back. */
  private static Case cast(SplittableRandom random) {
    TestGraph graph = graph(random);
    String wide = graph.node("Cast", List.of(X), Attributes.of("to", 11L));
    String y = graph.node("Cast", List.of(wide), Attributes.of("to", 1L));
    return of("Cast", graph, y, Points.QUADRATIC);
  }

  private static Case clip(SplittableRandom random) {
    TestGraph graph = graph(random);
    String low = graph.floats(new float[] {-0.5f * random.nextInt(4)});
    String high = graph.floats(new float[] {0.5f * random.nextInt(1, 4)});
    List<String> inputs =
        switch (random.nextInt(4)) {
          case 0 -> List.of(X);
          case 1 -> List.of(X, low);
          case 2 -> List.of(X, "", high);
          default -> List.of(X, low, high);
        };
    return of("Clip", graph, graph.node("Clip", inputs), Points.GRID);
  }

  /** A slope for each channel, for each element, or one. */
  private static long[] slopes(SplittableRandom random, long[] row) {
    long[] perChannel = row.clone();
    Arrays.fill(perChannel, 1, row.length, 1);
    return switch (random.nextInt(3)) {
      case 0 -> new long[] {1};
      case 1 -> perChannel;
      default -> row;
    };
  }

  private static Case prelu(SplittableRandom random) {
    long[] row = shape(random, random.nextInt(1, 5), 4);
    TestGraph graph = new TestGraph(row);
    String slope = graph.gaussian(random, slopes(random, row));
    return of("PRelu", graph, graph.node("PRelu", List.of(X, slope)), Points.GRID);
  }

  private static Case preluOfSlope(SplittableRandom random) {
    TestGraph graph = new TestGraph(shape(random, 3, 3));
    String slope = random.nextBoolean() ? X : graph.node("GlobalAveragePool", List.of(X));
    return of("PRelu", graph, graph.node("PRelu", List.of(X, slope)), Points.SMOOTH_GRID);
  }

  private static Case pow(SplittableRandom random) {
    long[] row = shape(random, random.nextInt(1, 4), 4);
    TestGraph graph = new TestGraph(row);
    float[] exponents = {-1, 0, 0.5f, 1, 2, 3};
    boolean scaled = random.nextBoolean();
    String y =
        switch (random.nextInt(4)) {
          case 0 ->
              graph.node(
                  "Pow",
                  List.of(
                      positive(graph),
                      graph.floats(new float[] {exponents[random.nextInt(exponents.length)]})));
          case 1 -> graph.node("Pow", List.of(positive(graph), graph.gaussian(random, row)));
          case 2 -> graph.node("Pow", List.of(X, graph.longs(random.nextLong(4))));
          default -> graph.node("Pow", List.of(X, graph.floats(new float[] {scaled ? 2 : 3})));
        };
    return of("Pow", graph, graph.node("Add", List.of(X, y)), Points.SMOOTH);
  }

  /** Of quarters by multiples of a half, whose jumps lie between them. */
  private static Case mod(SplittableRandom random) {
    long[] row = shape(random, 3, 3);
    TestGraph graph = new TestGraph(row);
    float[] divisors = new float[TestGraph.size(row)];
    for (int i = 0; i < divisors.length; i++) {
      divisors[i] = (random.nextInt(1, 5) * 0.5f) * (random.nextBoolean() ? 1 : -1);
    }
    String divisor = graph.floats(divisors, row);
    return of("Mod", graph, remainder(graph, X, divisor), Points.GRID);
  }

  /** Odd numbers by numbers near 2; the rows have one divisor each. */
  private static Case modOfDivisor(SplittableRandom random) {
    TestGraph graph = new TestGraph(shape(random, 3, 3));
    String value = random.nextBoolean() ? X : graph.node("GlobalAveragePool", List.of(X));
    String small = graph.node("Mul", List.of(graph.floats(new float[] {0.1f}), value));
    String bent = graph.node("Tanh", List.of(small));
    String near = graph.node("Mul", List.of(bent, graph.floats(new float[] {0.1f})));
    float sign = random.nextBoolean() ? 1 : -1;
    String divisor = graph.node("Add", List.of(near, graph.floats(new float[] {2 * sign})));
    String odd = graph.floats(new float[] {random.nextInt(-3, 3) * 2 + 1, 5}, 2, 1, 1, 1);
    String chosen = graph.node("Gather", List.of(odd, graph.longs(random.nextInt(2))));
    String y = remainder(graph, chosen, divisor);
    return of("Mod", graph, graph.node("Add", List.of(y, X)), Points.SMOOTH);
  }

  private static String remainder(TestGraph graph, String x, String divisor) {
    return graph.node("Mod", List.of(x, divisor), Attributes.of("fmod", 1L));
  }

  private static Case powOfExponent(SplittableRandom random) {
    TestGraph graph = new TestGraph(shape(random, 3, 3));
    String mean = graph.node("GlobalAveragePool", List.of(X));
    String base = random.nextBoolean() ? positive(graph) : graph.floats(new float[] {1.5f});
    String exponent = graph.node("Tanh", List.of(random.nextBoolean() ? mean : X));
    String y = graph.node("Pow", List.of(base, exponent));
    return of("Pow", graph, graph.node("Add", List.of(X, y)), Points.SMOOTH);
  }

  /** One to four operands; any that is active is at least 1/4 from any other. */
  private static List<Maker> variadic(String operator) {
    Maker constants =
        random -> {
          long[] row = shape(random, 3, 4);
          TestGraph graph = new TestGraph(row);
          List<String> operands = new ArrayList<>(List.of(X));
          for (int more = random.nextInt(4); more > 0; more--) {
            operands.add(random.nextInt(operands.size() + 1), halves(graph, random, row));
          }
          return of(operator, graph, graph.node(operator, operands), Points.GRID);
        };
    Maker active =
        random -> {
          TestGraph graph = new TestGraph(shape(random, 3, 3));
          String mean =
              graph.node("ReduceMax", List.of(X, graph.longs(2)), Attributes.of("keepdims", 1L));
          String other = graph.node("Neg", List.of(random.nextBoolean() ? X : mean));
          String moved = graph.node("Add", List.of(other, graph.floats(new float[] {0.25f})));
          List<String> operands = random.nextBoolean() ? List.of(X, moved) : List.of(moved, X);
          return of(operator, graph, graph.node(operator, operands), Points.GRID);
        };
    return List.of(constants, active);
  }

  /** Multiples of 1/2, some axes of length 1. */
  private static String halves(TestGraph graph, SplittableRandom random, long[] row) {
    long[] shape = row.clone();
    for (int axis = 0; axis < shape.length; axis++) {
      shape[axis] = random.nextBoolean() ? 1 : shape[axis];
    }
    float[] values = new float[TestGraph.size(shape)];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(-4, 5) * 0.5f;
    }
    return graph.floats(values, shape);
  }

  private static Case where(SplittableRandom random) {
    long[] row = shape(random, 3, 4);
    TestGraph graph = new TestGraph(row);
    long[] mask = row.clone();
    mask[random.nextInt(3)] = 1;
    String condition =
        graph.node(
            "Greater",
            List.of(graph.gaussian(random, with(1, mask)), graph.floats(new float[] {0})));
    String other =
        random.nextBoolean()
            ? graph.gaussian(random, 1)
            : graph.node("GlobalAveragePool", List.of(X));
    List<String> inputs =
        random.nextBoolean() ? List.of(condition, X, other) : List.of(condition, other, X);
    String y = graph.node("Add", List.of(X, graph.node("Where", inputs)));
    return of("Where", graph, y, Points.QUADRATIC);
  }

  /** The larger or the smaller of two numbers. */
  private static Case whereOfTheLarger(SplittableRandom random) {
    String[] comparisons = {"Greater", "GreaterOrEqual", "Less", "LessOrEqual"};
    long[] row = shape(random, 3, 4);
    TestGraph graph = new TestGraph(row);
    String other =
        random.nextBoolean() ? halves(graph, random, row) : graph.node("Neg", List.of(X));
    List<String> operands = random.nextBoolean() ? List.of(X, other) : List.of(other, X);
    String condition = graph.node(comparisons[random.nextInt(4)], operands);
    if (random.nextInt(4) == 0) {
      condition = graph.node("Not", List.of(condition));
    }
    List<String> inputs =
        random.nextBoolean() ? List.of(condition, X, other) : List.of(condition, other, X);
    return of("Where", graph, graph.node("Where", inputs), Points.GRID);
  }

  private static Case whereOfSign(SplittableRandom random) {
    TestGraph graph = new TestGraph(shape(random, 3, 4));
    String condition = graph.node("Greater", List.of(X, graph.floats(new float[] {0})));
    String scaled = graph.node("Mul", List.of(X, graph.gaussian(random, 1)));
    String y = graph.node("Where", List.of(condition, scaled, X));
    return of("Where", graph, y, Points.GRID);
  }
}
