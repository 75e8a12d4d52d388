package org.robustnessgap.onnx;

import static org.robustnessgap.onnx.OperatorCases.of;
import static org.robustnessgap.onnx.OperatorCases.shape;
import static org.robustnessgap.onnx.TestGraph.X;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.robustnessgap.onnx.OperatorCases.Case;
import org.robustnessgap.onnx.OperatorCases.Maker;
import org.robustnessgap.onnx.graph.Attributes;

/** Random models around operators that keep all elements and change the axes. */
final class ShapeCases {
  static final Map<String, List<Maker>> MAKERS =
      Map.ofEntries(
          Map.entry("Reshape", List.of(ShapeCases::reshape, ShapeCases::reshapeToOwnShape)),
          Map.entry("Flatten", List.of(ShapeCases::flatten)),
          Map.entry("Squeeze", List.of(ShapeCases::squeeze)),
          Map.entry("Unsqueeze", List.of(ShapeCases::unsqueeze)),
          Map.entry("Transpose", List.of(ShapeCases::transpose, ShapeCases::transposeByDefault)));

  private ShapeCases() {}

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
