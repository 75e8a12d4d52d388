package org.robustnessgap.onnx;

import static org.robustnessgap.onnx.ElementwiseCases.positive;
import static org.robustnessgap.onnx.OperatorCases.of;
import static org.robustnessgap.onnx.OperatorCases.shape;
import static org.robustnessgap.onnx.OperatorCases.with;
import static org.robustnessgap.onnx.TestGraph.X;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.robustnessgap.onnx.OperatorCases.Case;
import org.robustnessgap.onnx.OperatorCases.Maker;
import org.robustnessgap.onnx.graph.Attributes;

/** Random models around operators on several values, which are repeated to fit each other. */
final class BroadcastCases {
  static final Map<String, List<Maker>> MAKERS =
      Map.ofEntries(
          Map.entry("Add", binary("Add")),
          Map.entry("Sub", binary("Sub")),
          Map.entry("Mul", binary("Mul")),
          Map.entry(
              "Div", List.of(BroadcastCases::divByConstant, BroadcastCases::divOfActiveValues)),
          Map.entry("Max", variadic("Max")),
          Map.entry("Min", variadic("Min")),
          Map.entry("Mean", variadic("Mean")),
          Map.entry("Sum", variadic("Sum")),
          Map.entry("Mod", List.of(BroadcastCases::mod, BroadcastCases::modOfDivisor)),
          Map.entry("PRelu", List.of(BroadcastCases::prelu, BroadcastCases::preluOfSlope)),
          Map.entry("Pow", List.of(BroadcastCases::pow, BroadcastCases::powOfExponent)),
          Map.entry(
              "Where",
              List.of(
                  BroadcastCases::where,
                  BroadcastCases::whereOfSign,
                  BroadcastCases::whereOfTheLarger)));

  private BroadcastCases() {}

  private static List<Maker> binary(String operator) {
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

  private static Case powOfExponent(SplittableRandom random) {
    TestGraph graph = new TestGraph(shape(random, 3, 3));
    String mean = graph.node("GlobalAveragePool", List.of(X));
    String base = random.nextBoolean() ? positive(graph) : graph.floats(new float[] {1.5f});
    String exponent = graph.node("Tanh", List.of(random.nextBoolean() ? mean : X));
    String y = graph.node("Pow", List.of(base, exponent));
    return of("Pow", graph, graph.node("Add", List.of(X, y)), Points.SMOOTH);
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
