package org.robustnessgap.onnx;

import static org.robustnessgap.onnx.OperatorCases.of;
import static org.robustnessgap.onnx.OperatorCases.shape;
import static org.robustnessgap.onnx.OperatorCases.with;
import static org.robustnessgap.onnx.TestGraph.X;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.robustnessgap.onnx.OperatorCases.Case;
import org.robustnessgap.onnx.OperatorCases.Maker;
import org.robustnessgap.onnx.graph.Attributes;

/** Random models around reductions. */
final class ReductionCases {
  static final Map<String, List<Maker>> MAKERS =
      Map.ofEntries(
          Map.entry("GlobalMaxPool", List.of(ReductionCases::globalMaxPool)),
          Map.entry("ReduceL1", both("ReduceL1", Points.GRID)),
          Map.entry("ReduceL2", both("ReduceL2", Points.SMOOTH_GRID)),
          Map.entry("ReduceLogSum", List.of(ReductionCases::logSum, ReductionCases::logOfElements)),
          Map.entry("ReduceLogSumExp", both("ReduceLogSumExp", Points.SMOOTH)),
          Map.entry("ReduceMax", both("ReduceMax", Points.GRID)),
          Map.entry("ReduceMean", both("ReduceMean", Points.QUADRATIC)),
          Map.entry("ReduceMin", both("ReduceMin", Points.GRID)),
          Map.entry(
              "ReduceSum",
              List.of(
                  reduction("ReduceSum", Points.QUADRATIC),
                  ofElements("ReduceSum", Points.QUADRATIC),
                  ReductionCases::sumOfAll)),
          Map.entry("ReduceSumSquare", both("ReduceSumSquare", Points.QUADRATIC)));

  private ReductionCases() {}

  private static List<Maker> both(String operator, Points points) {
    return List.of(reduction(operator, points), ofElements(operator, points));
  }

  static Maker reduction(String operator, Points points) {
    return random -> {
      int rank = random.nextInt(1, 5);
      TestGraph graph = new TestGraph(shape(random, rank, 4));
      return of(operator, graph, reduced(operator, graph, X, rank, random), points);
    };
  }

  private static String reduced(
      String operator, TestGraph graph, String value, int rank, SplittableRandom random) {
    long first = random.nextLong(1, rank + 1);
    long[] axes = LongStream.rangeClosed(1, rank).filter(a -> a == first || coin(random)).toArray();
    if (random.nextBoolean()) {
      axes = LongStream.of(axes).map(axis -> axis - rank - 1).toArray();
    }
    if (random.nextInt(4) == 0) {
      long[] repeated = LongStream.concat(LongStream.of(axes), LongStream.of(axes[0])).toArray();
      axes = repeated;
    }
    return graph.node(
        operator, List.of(value, graph.longs(axes)), Attributes.of("keepdims", random.nextInt(2)));
  }

  /** Along no axis at all: the sum or extreme of each element alone. */
  private static Maker ofElements(String operator, Points points) {
    return random -> {
      TestGraph graph = new TestGraph(shape(random, random.nextInt(1, 4), 4));
      return of(operator, graph, ofElements(operator, graph, X, random), points);
    };
  }

  private static Case logOfElements(SplittableRandom random) {
    TestGraph graph = new TestGraph(shape(random, 3, 3));
    String exp = graph.node("Exp", List.of(X));
    String y = ofElements("ReduceLogSum", graph, exp, random);
    return of("ReduceLogSum", graph, y, Points.SMOOTH);
  }

  /** The list of axes is left out, empty, or turns out to be empty. */
  private static String ofElements(
      String operator, TestGraph graph, String value, SplittableRandom random) {
    List<String> inputs =
        switch (random.nextInt(4)) {
          case 0 -> List.of(value);
          case 1 -> List.of(value, "");
          case 2 -> List.of(value, graph.longs());
          default ->
              List.of(
                  value,
                  graph.node("Slice", List.of(graph.longs(1, 2), graph.longs(2), graph.longs(9))));
        };
    return graph.node(
        operator,
        inputs,
        Attributes.of("keepdims", random.nextInt(2)),
        Attributes.of("noop_with_empty_axes", 1L));
  }

  private static boolean coin(SplittableRandom random) {
    return random.nextBoolean();
  }

  private static Case logSum(SplittableRandom random) {
    TestGraph graph = new TestGraph(shape(random, 3, 3));
    String exp = graph.node("Exp", List.of(X));
    String y = reduced("ReduceLogSum", graph, exp, 3, random);
    return of("ReduceLogSum", graph, y, Points.SMOOTH);
  }

  /** Without axes all are reduced: here of a constant times the mean of the rows, batch kept. */
  private static Case sumOfAll(SplittableRandom random) {
    long[] row = shape(random, 2, 3);
    TestGraph graph = new TestGraph(row);
    String c = graph.gaussian(random, with(1, row));
    String total =
        graph.node("ReduceSum", List.of(c), Attributes.of("keepdims", random.nextInt(2)));
    String scaled = graph.node("Mul", List.of(X, total));
    String y = graph.node("ReduceSum", List.of(scaled, graph.longs(1)));
    return of("ReduceSum", graph, y, Points.QUADRATIC);
  }

  private static Case globalMaxPool(SplittableRandom random) {
    TestGraph graph = new TestGraph(shape(random, random.nextInt(2, 5), 3));
    return of("GlobalMaxPool", graph, graph.node("GlobalMaxPool", List.of(X)), Points.GRID);
  }
}
