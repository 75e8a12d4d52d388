package org.robustnessgap.onnx;

import static org.robustnessgap.onnx.OperatorCases.of;
import static org.robustnessgap.onnx.OperatorCases.shape;
import static org.robustnessgap.onnx.TestGraph.X;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.robustnessgap.onnx.OperatorCases.Case;
import org.robustnessgap.onnx.OperatorCases.Maker;
import org.robustnessgap.onnx.graph.Attributes;

/** Random models around functions of single elements. */
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
          Map.entry("Mish", List.of(unary("Mish", Points.SMOOTH))),
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
          Map.entry(
              "ThresholdedRelu", List.of(kinked("ThresholdedRelu", ElementwiseCases::threshold))),
          Map.entry("Identity", List.of(unary("Identity", Points.QUADRATIC))),
          Map.entry("Neg", List.of(unary("Neg", Points.QUADRATIC))),
          Map.entry(
              "Relu", List.of(unary("Relu", Points.GRID), behindWeights("Relu", Points.GRID))),
          Map.entry("LeakyRelu", List.of(ElementwiseCases::leakyRelu)),
          Map.entry("Sigmoid", List.of(unary("Sigmoid", Points.SMOOTH))),
          Map.entry("Tanh", List.of(unary("Tanh", Points.SMOOTH))),
          Map.entry("Dropout", List.of(ElementwiseCases::dropout)));

  private ElementwiseCases() {}

  private static Maker unary(String operator, Points points) {
    return random -> {
      TestGraph graph = new TestGraph(shape(random, random.nextInt(1, 5), 4));
      return of(operator, graph, graph.node(operator, List.of(X)), points);
    };
  }

  /** Of the elements of the image in another order, which a product with a matrix gives them. */
  private static Maker behindWeights(String operator, Points points, float... constants) {
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
  static String positive(TestGraph graph) {
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
}
