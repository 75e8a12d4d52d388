package org.robustnessgap.worker.onnx;

import static org.robustnessgap.worker.onnx.OperatorCases.array;
import static org.robustnessgap.worker.onnx.OperatorCases.of;
import static org.robustnessgap.worker.onnx.TestGraph.X;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.robustnessgap.worker.onnx.OperatorCases.Case;
import org.robustnessgap.worker.onnx.OperatorCases.Maker;

/** Random models around attention, of the image to itself or to constants. */
final class AttentionCases {
  static final Map<String, List<Maker>> MAKERS =
      Map.of(
          "Attention",
          List.of(AttentionCases::separate, AttentionCases::joined, AttentionCases::blind));

  private AttentionCases() {}

  private static String scaled(TestGraph graph, SplittableRandom random, long... shape) {
    return graph.node("Mul", List.of(X, graph.uniform(random, -1, 1, shape)));
  }

  private static List<AttributeProto> attributes(SplittableRandom random) {
    List<AttributeProto> attributes = new ArrayList<>();
    attributes.add(Attributes.of("is_causal", random.nextInt(2)));
    if (random.nextBoolean()) {
      attributes.add(Attributes.of("scale", (float) random.nextDouble(0.2, 1)));
    }
    return attributes;
  }

  /** [n, heads, rows, size]. */
  private static Case separate(SplittableRandom random) {
    long heads = random.nextLong(1, 4);
    long rows = random.nextLong(2, 4);
    long size = random.nextLong(1, 4);
    TestGraph graph = new TestGraph(heads, rows, size).opset(23);
    List<String> inputs = new ArrayList<>();
    inputs.add(X);
    inputs.add(random.nextBoolean() ? X : scaled(graph, random, heads, rows, size));
    inputs.add(scaled(graph, random, 1, rows, size));
    switch (random.nextInt(3)) {
      case 0 -> inputs.add(graph.gaussian(random, rows, rows));
      case 1 -> {
        boolean[] seen = new boolean[(int) rows];
        seen[0] = true;
        for (int i = 1; i < seen.length; i++) {
          seen[i] = random.nextBoolean();
        }
        String one = graph.truths(seen);
        String to = graph.longs(rows, rows);
        inputs.add(graph.node("Expand", List.of(one, to)));
      }
      default -> {}
    }
    String y = graph.node("Attention", inputs, array(attributes(random)));
    return of("Attention", graph, y, Points.SMOOTH);
  }

  /** Every key is masked to the first query. */
  private static Case blind(SplittableRandom random) {
    TestGraph graph = new TestGraph(1, 2, 3).opset(23);
    String mask =
        random.nextBoolean()
            ? graph.integers(DataType.BOOL_VALUE, new int[] {0, 0, 1, 1}, 2, 2)
            : graph.floats(
                new float[] {Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY, 0, 1}, 2, 2);
    String y = graph.node("Attention", List.of(X, X, X, mask), array(attributes(random)));
    return of("Attention", graph, y, Points.SMOOTH);
  }

  /** [n, rows, heads · size], several heads of queries to one of keys and values. */
  private static Case joined(SplittableRandom random) {
    long shared = random.nextLong(1, 3);
    long heads = shared * random.nextLong(1, 3);
    long rows = random.nextLong(2, 4);
    long size = random.nextLong(1, 4);
    TestGraph graph = new TestGraph(rows, heads * size).opset(23);
    // Larger scores bend too much to compare.
    String fewer = graph.uniform(random, -0.5, 0.5, heads * size, shared * size);
    String keys = graph.node("MatMul", List.of(X, fewer));
    String others = graph.uniform(random, -0.5, 0.5, heads * size, shared * size);
    String values = graph.node("MatMul", List.of(X, others));
    String y =
        graph.node(
            "Attention",
            List.of(X, keys, values),
            array(
                attributes(random),
                Attributes.of("q_num_heads", heads),
                Attributes.of("kv_num_heads", shared)));
    return of("Attention", graph, y, Points.SMOOTH);
  }
}
