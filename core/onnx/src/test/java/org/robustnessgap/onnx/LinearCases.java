package org.robustnessgap.onnx;

import static org.robustnessgap.onnx.OperatorCases.of;
import static org.robustnessgap.onnx.TestGraph.X;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.robustnessgap.onnx.OperatorCases.Case;
import org.robustnessgap.onnx.OperatorCases.Maker;
import org.robustnessgap.onnx.graph.Attributes;

/** Random models around products of matrices. */
final class LinearCases {
  static final Map<String, List<Maker>> MAKERS =
      Map.ofEntries(
          Map.entry(
              "Gemm",
              List.of(
                  LinearCases::gemmOfActiveA,
                  LinearCases::gemmOfActiveB,
                  LinearCases::gemmOfActiveAAndC)),
          Map.entry(
              "MatMul",
              List.of(
                  LinearCases::matMulWithConstant,
                  LinearCases::matMulOfActiveValues,
                  LinearCases::matMulOfLowerRank,
                  LinearCases::matMulWithVector)));

  private LinearCases() {}

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
}
