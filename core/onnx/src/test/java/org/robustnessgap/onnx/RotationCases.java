package org.robustnessgap.onnx;

import static org.robustnessgap.onnx.TestGraph.X;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.robustnessgap.onnx.OperatorCases.Case;
import org.robustnessgap.onnx.OperatorCases.Maker;
import org.robustnessgap.onnx.graph.Attributes;

/** Random models around rotary position embedding. */
final class RotationCases {
  static final Map<String, List<Maker>> MAKERS =
      Map.of(
          "RotaryEmbedding",
          List.of(random -> new Sketch(random).standard()),
          "com.microsoft.RotaryEmbedding",
          List.of(random -> new Sketch(random).microsoft()));

  private static final long POSITIONS = 6;

  private RotationCases() {}

  private static final class Sketch {
    private final SplittableRandom random;
    private final long heads;
    private final long tokens;
    private final long pairs;
    private final long rest;
    private final boolean joined;

    Sketch(SplittableRandom random) {
      this.random = random;
      this.heads = random.nextLong(1, 4);
      this.tokens = random.nextLong(1, 4);
      this.pairs = random.nextLong(1, 4);
      this.rest = 2 * random.nextLong(0, 2);
      this.joined = random.nextBoolean();
    }

    private TestGraph graph(long width) {
      return joined ? new TestGraph(tokens, heads * width) : new TestGraph(heads, tokens, width);
    }

    private List<AttributeProto> attributes() {
      List<AttributeProto> attributes = new ArrayList<>();
      attributes.add(Attributes.of("interleaved", random.nextInt(2)));
      if (joined || rest > 0) {
        attributes.add(Attributes.of("num_heads", heads));
      }
      if (rest > 0) {
        attributes.add(Attributes.of("rotary_embedding_dim", 2 * pairs));
      }
      return attributes;
    }

    Case standard() {
      TestGraph graph = graph(2 * pairs + rest).opset(23);
      List<String> inputs = new ArrayList<>();
      inputs.add(X);
      if (random.nextBoolean()) {
        inputs.add(graph.gaussian(random, POSITIONS, pairs));
        inputs.add(graph.gaussian(random, POSITIONS, pairs));
        inputs.add(forAll(graph, positions(graph), tokens));
      } else {
        inputs.add(forAll(graph, graph.gaussian(random, 1, tokens, pairs), tokens, pairs));
        inputs.add(forAll(graph, graph.gaussian(random, 1, tokens, pairs), tokens, pairs));
      }
      String y = graph.node("RotaryEmbedding", inputs, OperatorCases.array(attributes()));
      return new Case(graph.model("RotaryEmbedding", y), Points.QUADRATIC);
    }

    Case microsoft() {
      TestGraph graph = graph(2 * pairs + rest);
      String positions =
          random.nextBoolean()
              ? forAll(graph, positions(graph), tokens)
              : graph.longs(random.nextLong(POSITIONS - tokens));
      List<String> inputs =
          List.of(
              X,
              positions,
              graph.gaussian(random, POSITIONS, pairs),
              graph.gaussian(random, POSITIONS, pairs));
      String y =
          graph.node(
              "com.microsoft", 1, "RotaryEmbedding", inputs, OperatorCases.array(attributes()));
      return new Case(graph.model("RotaryEmbedding", y), Points.QUADRATIC);
    }

    private String positions(TestGraph graph) {
      return graph.longs(
          LongStream.generate(() -> random.nextLong(POSITIONS)).limit(tokens).toArray());
    }

    private static String forAll(TestGraph graph, String one, long... row) {
      String batch =
          graph.node("Shape", List.of(X), Attributes.of("start", 0L), Attributes.of("end", 1L));
      String to = graph.node("Concat", List.of(batch, graph.longs(row)), Attributes.of("axis", 0L));
      return graph.node("Expand", List.of(one, to));
    }
  }
}
