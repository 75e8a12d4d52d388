package org.robustnessgap.onnx;

import static org.robustnessgap.onnx.OperatorCases.of;
import static org.robustnessgap.onnx.OperatorCases.shape;
import static org.robustnessgap.onnx.TestGraph.X;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.robustnessgap.onnx.OperatorCases.Case;
import org.robustnessgap.onnx.OperatorCases.Maker;
import org.robustnessgap.onnx.graph.Attributes;

/** Random models around sums of products. */
final class EinsumCases {
  static final Map<String, List<Maker>> MAKERS =
      Map.of("Einsum", List.of(EinsumCases::ofTwo, EinsumCases::ofOthers, EinsumCases::repeating));

  private EinsumCases() {}

  private static String einsum(TestGraph graph, String equation, String... operands) {
    return graph.node("Einsum", List.of(operands), Attributes.of("equation", equation));
  }

  private static Case ofTwo(SplittableRandom random) {
    long[] row = shape(random, 2, 3);
    long a = row[0];
    long b = row[1];
    long c = random.nextLong(1, 4);
    TestGraph graph = new TestGraph(row);
    String turned =
        graph.node("Transpose", List.of(X), Attributes.of("perm", new long[] {0, 2, 1}));
    String y =
        switch (random.nextInt(7)) {
          case 0 -> einsum(graph, "nab,bc->nac", X, graph.gaussian(random, b, c));
          case 1 -> einsum(graph, "ca, nab -> nbc", graph.gaussian(random, c, a), X);
          case 2 -> einsum(graph, "nij,njk->nki", X, turned);
          case 3 -> einsum(graph, "nab,nab->nb", X, X);
          case 4 -> einsum(graph, "...b,bc->...c", X, graph.gaussian(random, b, c));
          case 5 -> einsum(graph, "n...j,...jk->n...k", X, graph.gaussian(random, a, b, c));
          default -> einsum(graph, "...ab,...cb", X, graph.gaussian(random, 1, c, b));
        };
    return of("Einsum", graph, y, Points.QUADRATIC);
  }

  /** One operand, or three. */
  private static Case ofOthers(SplittableRandom random) {
    long[] row = shape(random, 2, 3);
    long a = row[0];
    long b = row[1];
    TestGraph graph = new TestGraph(row);
    String y =
        switch (random.nextInt(4)) {
          case 0 -> einsum(graph, "nab->nba", X);
          case 1 -> einsum(graph, "nab->na", X);
          case 2 ->
              einsum(
                  graph,
                  "ca,nab,bd->ncd",
                  graph.gaussian(random, 2, a),
                  X,
                  graph.gaussian(random, b, 3));
          default -> einsum(graph, "nab,nac,c->nb", X, X, graph.gaussian(random, b));
        };
    return of("Einsum", graph, y, Points.QUADRATIC);
  }

  /** A diagonal, or an operand repeated along an axis. */
  private static Case repeating(SplittableRandom random) {
    long a = random.nextLong(1, 4);
    long b = random.nextLong(2, 4);
    TestGraph square = new TestGraph(a, a, b);
    TestGraph single = new TestGraph(1, b);
    return switch (random.nextInt(4)) {
      case 0 -> of("Einsum", square, einsum(square, "niij->nij", X), Points.QUADRATIC);
      case 1 ->
          of(
              "Einsum",
              square,
              einsum(square, "niij,jk->nk", X, square.gaussian(random, b, 2)),
              Points.QUADRATIC);
      case 2 ->
          of(
              "Einsum",
              single,
              einsum(single, "nab,ab->nab", X, single.gaussian(random, 3, b)),
              Points.QUADRATIC);
      default ->
          of(
              "Einsum",
              single,
              einsum(single, "nab,ac->nb", X, single.gaussian(random, 3, 2)),
              Points.QUADRATIC);
    };
  }
}
