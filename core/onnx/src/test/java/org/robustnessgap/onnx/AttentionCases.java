package org.robustnessgap.onnx;

import static org.robustnessgap.onnx.OperatorCases.array;
import static org.robustnessgap.onnx.OperatorCases.of;
import static org.robustnessgap.onnx.TestGraph.X;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.robustnessgap.onnx.OperatorCases.Case;
import org.robustnessgap.onnx.OperatorCases.Maker;
import org.robustnessgap.onnx.graph.Attributes;

/** Random models around attention, of the image to itself or to constants. */
final class AttentionCases {
  static final Map<String, List<Maker>> MAKERS =
      Map.of(
          "Attention",
          List.of(AttentionCases::separate, AttentionCases::joined, AttentionCases::blind));

  /** Of the forms that are rewritten. */
  static final Map<String, List<Maker>> REWRITTEN =
      Map.of("Attention", List.of(AttentionCases::withPast, AttentionCases::bounded));

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

  /** [n, heads, rows, size], behind keys and values of the image or of all images. */
  private static Case withPast(SplittableRandom random) {
    long heads = random.nextLong(1, 3);
    long rows = random.nextLong(2, 4);
    long size = random.nextLong(1, 4);
    long past = random.nextBoolean() ? rows : random.nextLong(1, 4);
    TestGraph graph = new TestGraph(heads, rows, size).opset(23);
    List<String> inputs = new ArrayList<>();
    inputs.add(X);
    inputs.add(scaled(graph, random, heads, rows, size));
    inputs.add(scaled(graph, random, 1, rows, size));
    inputs.add(random.nextBoolean() ? "" : graph.gaussian(random, rows, past + rows));
    inputs.add(
        past == rows
            ? scaled(graph, random, rows, size)
            : forAll(graph, random, heads, past, size));
    inputs.add(forAll(graph, random, heads, past, size));
    List<String> outputs = graph.nodeWithOutputs("Attention", 3, inputs, array(attributes(random)));
    String y =
        graph.node("Concat", List.of(outputs.get(0), outputs.get(1)), Attributes.of("axis", 2L));
    return of("Attention", graph, y, Points.SMOOTH);
  }

  private static String forAll(TestGraph graph, SplittableRandom random, long... row) {
    String one = graph.gaussian(random, OperatorCases.with(1, row));
    String batch =
        graph.node("Shape", List.of(X), Attributes.of("start", 0L), Attributes.of("end", 1L));
    String ones = graph.longs(1, 1, 1);
    String to = graph.node("Concat", List.of(batch, ones), Attributes.of("axis", 0L));
    return graph.node("Expand", List.of(one, to));
  }

  /** [n, rows, heads · size] with capped scores, or the scores beside the result. */
  private static Case bounded(SplittableRandom random) {
    long shared = random.nextLong(1, 3);
    long heads = shared * random.nextLong(1, 3);
    long rows = random.nextLong(2, 4);
    long size = random.nextLong(1, 4);
    TestGraph graph = new TestGraph(rows, heads * size).opset(23 + random.nextInt(2));
    String fewer = graph.uniform(random, -0.5, 0.5, heads * size, shared * size);
    String keys = graph.node("MatMul", List.of(X, fewer));
    String others = graph.uniform(random, -0.5, 0.5, heads * size, shared * (size + 1));
    String values = graph.node("MatMul", List.of(X, others));
    List<String> inputs = new ArrayList<>(List.of(X, keys, values));
    if (random.nextBoolean()) {
      boolean[] seen = new boolean[(int) (rows * rows)];
      for (int i = 0; i < seen.length; i++) {
        // The last query has no key at all.
        seen[i] = i / rows < rows - 1 && (i % rows == 0 || random.nextBoolean());
      }
      String flat = graph.truths(seen);
      inputs.add(graph.node("Reshape", List.of(flat, graph.longs(rows, rows))));
    }
    List<AttributeProto> attributes = attributes(random);
    attributes.add(Attributes.of("q_num_heads", heads));
    attributes.add(Attributes.of("kv_num_heads", shared));
    boolean caps = random.nextBoolean();
    if (caps) {
      attributes.add(Attributes.of("softcap", (float) random.nextDouble(0.5, 3)));
    }
    // 2 is the scores with the mask, which may be infinite.
    attributes.add(Attributes.of("qk_matmul_output_mode", new long[] {0, 1, 3}[random.nextInt(3)]));
    List<String> outputs = graph.nodeWithOutputs("Attention", 4, inputs, array(attributes));
    graph.leaveOut(1);
    graph.leaveOut(2);
    if (caps && random.nextBoolean()) {
      return of("Attention", graph, outputs.get(0), Points.SMOOTH);
    }
    String scores = graph.node("ReduceSum", List.of(outputs.get(3), graph.longs(1, 3)));
    String flat = graph.node("Reshape", List.of(scores, graph.longs(0, rows, 1)));
    String y = graph.node("Mul", List.of(outputs.get(0), flat));
    return of("Attention", graph, y, Points.SMOOTH);
  }
}
