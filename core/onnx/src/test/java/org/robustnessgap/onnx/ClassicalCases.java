package org.robustnessgap.onnx;

import static org.robustnessgap.onnx.TestGraph.X;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.robustnessgap.onnx.OperatorCases.Case;
import org.robustnessgap.onnx.OperatorCases.Maker;
import org.robustnessgap.onnx.graph.Attributes;

/** Random models around one operator each of {@code ai.onnx.ml}. */
final class ClassicalCases {
  private static final String ML = "ai.onnx.ml";

  static final Map<String, List<Maker>> MAKERS =
      Map.of(
          ML + ".Scaler",
          List.of(ClassicalCases::scaler),
          ML + ".Normalizer",
          List.of(
              random -> normalizer(random, "MAX"),
              random -> normalizer(random, "L1"),
              random -> normalizer(random, "L2")),
          ML + ".LinearClassifier",
          List.of(
              random -> classifier(random, "NONE", random.nextInt(2, 5)),
              random -> classifier(random, "SOFTMAX", random.nextInt(2, 5)),
              random -> classifier(random, "LOGISTIC", random.nextInt(2, 5)),
              random -> classifier(random, "NONE", 1),
              random -> classifier(random, "LOGISTIC", 1)),
          ML + ".LinearRegressor",
          List.of(ClassicalCases::regressor),
          ML + ".ArrayFeatureExtractor",
          List.of(ClassicalCases::columns),
          ML + ".Imputer",
          List.of(random -> imputer(random, Float.NaN), random -> imputer(random, 7)));

  private ClassicalCases() {}

  private static Case scaler(SplittableRandom random) {
    int columns = random.nextInt(1, 5);
    int numbers = random.nextBoolean() ? 1 : columns;
    TestGraph graph = new TestGraph(columns);
    String y =
        graph.node(
            ML,
            1,
            "Scaler",
            List.of(X),
            reals("offset", random, numbers),
            reals("scale", random, numbers));
    return new Case(graph.model("Scaler", y), Points.QUADRATIC);
  }

  private static Case normalizer(SplittableRandom random, String norm) {
    TestGraph graph = new TestGraph(random.nextInt(5, 8));
    String y = graph.node(ML, 1, "Normalizer", List.of(X), Attributes.of("norm", norm));
    return new Case(graph.model("Normalizer", y), Points.SMOOTH_GRID);
  }

  private static Case columns(SplittableRandom random) {
    TestGraph graph = new TestGraph(4);
    String chosen = random.nextBoolean() ? graph.longs(3, 0, 3) : graph.longs(2);
    String y = graph.node(ML, 1, "ArrayFeatureExtractor", List.of(X, chosen));
    return new Case(graph.model("ArrayFeatureExtractor", y), Points.QUADRATIC);
  }

  /** One column has nothing but what is to be replaced. */
  private static Case imputer(SplittableRandom random, float missing) {
    TestGraph graph = new TestGraph(3);
    String first = graph.node("Slice", List.of(X, graph.longs(0), graph.longs(2), graph.longs(1)));
    String last = graph.node("Slice", List.of(X, graph.longs(2), graph.longs(3), graph.longs(1)));
    String none =
        graph.node(
            "Where",
            List.of(
                graph.node("Equal", List.of(last, last)),
                graph.floats(new float[] {missing}, 1),
                last));
    String holes = graph.node("Concat", List.of(first, none), Attributes.of("axis", 1L));
    String y =
        graph.node(
            ML,
            1,
            "Imputer",
            List.of(holes),
            reals("imputed_value_floats", random, random.nextBoolean() ? 1 : 3),
            Attributes.of("replaced_value_float", missing));
    return new Case(graph.model("Imputer", y), Points.QUADRATIC);
  }

  private static Case classifier(SplittableRandom random, String transform, int scores) {
    int columns = random.nextInt(1, 5);
    TestGraph graph = new TestGraph(columns);
    AttributeProto labels =
        Attributes.of("classlabels_ints", LongStream.range(0, Math.max(2, scores)).toArray());
    String y =
        graph
            .nodeWithOutputs(
                "LinearClassifier",
                2,
                List.of(X),
                reals("coefficients", random, scores * columns),
                reals("intercepts", random, scores),
                labels,
                Attributes.of("multi_class", (long) random.nextInt(2)),
                Attributes.of("post_transform", transform))
            .get(1);
    graph.inDomain(ML, 1);
    return new Case(graph.model("LinearClassifier", y), Points.SMOOTH);
  }

  private static Case regressor(SplittableRandom random) {
    int columns = random.nextInt(1, 5);
    int targets = random.nextInt(1, 4);
    TestGraph graph = new TestGraph(columns);
    String y =
        graph.node(
            ML,
            1,
            "LinearRegressor",
            List.of(X),
            reals("coefficients", random, targets * columns),
            reals("intercepts", random, random.nextBoolean() ? targets : 0),
            Attributes.of("targets", (long) targets));
    return new Case(graph.model("LinearRegressor", y), Points.QUADRATIC);
  }

  private static AttributeProto reals(String name, SplittableRandom random, int count) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.FLOATS);
    for (int i = 0; i < count; i++) {
      attribute.addFloats((float) random.nextDouble(0.5, 2) * (random.nextBoolean() ? 1 : -1));
    }
    return attribute.build();
  }
}
