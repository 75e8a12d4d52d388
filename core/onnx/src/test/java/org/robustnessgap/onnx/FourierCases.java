package org.robustnessgap.onnx;

import static org.robustnessgap.onnx.OperatorCases.shape;
import static org.robustnessgap.onnx.TestGraph.X;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.robustnessgap.onnx.OperatorCases.Case;
import org.robustnessgap.onnx.OperatorCases.Maker;
import org.robustnessgap.onnx.graph.Attributes;

/** Random models around Fourier transforms. */
final class FourierCases {
  static final Map<String, List<Maker>> MAKERS =
      Map.of(
          "DFT",
          List.of(FourierCases::alongInput, FourierCases::alongAttribute, FourierCases::ofHalf),
          "STFT",
          List.of(FourierCases::shortTime));

  private FourierCases() {}

  /** [n, …, parts]. */
  private static long[] signal(SplittableRandom random, long parts) {
    long[] sizes = shape(random, random.nextInt(1, 4), 5);
    long[] all = Arrays.copyOf(sizes, sizes.length + 1);
    all[sizes.length] = parts;
    return all;
  }

  private static String length(TestGraph graph, SplittableRandom random) {
    return random.nextBoolean() ? "" : graph.longScalar(random.nextLong(1, 8));
  }

  private static Case alongInput(SplittableRandom random) {
    long parts = random.nextLong(1, 3);
    long[] row = signal(random, parts);
    TestGraph graph = new TestGraph(row).opset(20);
    int axis = random.nextInt(1, row.length);
    List<String> inputs = new ArrayList<>(List.of(X, length(graph, random)));
    if (random.nextBoolean()) {
      inputs.add(graph.longScalar(random.nextBoolean() ? axis : axis - row.length - 1));
    }
    boolean half = parts == 1 && random.nextBoolean();
    String y =
        graph.node(
            "DFT",
            inputs,
            Attributes.of("onesided", half ? 1 : 0),
            Attributes.of("inverse", half ? 0 : random.nextInt(2)));
    return new Case(graph.model("DFT", y), Points.QUADRATIC);
  }

  /** A real signal of the first half of its spectrum. */
  private static Case ofHalf(SplittableRandom random) {
    long bins = random.nextLong(2, 6);
    long[] lengths = {2 * bins - 2, 2 * bins - 1, 2 * bins + 1};
    TestGraph graph = new TestGraph(2, bins, 2).opset(20);
    String length = random.nextBoolean() ? "" : graph.longScalar(lengths[random.nextInt(3)]);
    String y =
        graph.node(
            "DFT", List.of(X, length), Attributes.of("onesided", 1L), Attributes.of("inverse", 1L));
    return new Case(graph.model("DFT", y), Points.QUADRATIC);
  }

  /** As before operator set 20, the second axis by default. */
  private static Case alongAttribute(SplittableRandom random) {
    long parts = random.nextLong(1, 3);
    long[] row = signal(random, parts);
    TestGraph graph = new TestGraph(row).opset(random.nextInt(17, 20));
    String length = length(graph, random);
    List<String> inputs = length.isEmpty() ? List.of(X) : List.of(X, length);
    int axis = random.nextInt(1, row.length);
    String y =
        random.nextBoolean()
            ? graph.node("DFT", inputs)
            : graph.node("DFT", inputs, Attributes.of("axis", (long) axis));
    return new Case(graph.model("DFT", y), Points.QUADRATIC);
  }

  private static Case shortTime(SplittableRandom random) {
    long length = random.nextLong(1, 6);
    long frames = random.nextLong(1, 4);
    long step = random.nextLong(1, 4);
    long samples = length + (frames - 1) * step + random.nextLong(0, step);
    long parts = random.nextLong(1, 3);
    TestGraph graph = new TestGraph(samples, parts);
    List<String> inputs = new ArrayList<>(List.of(X, graph.longScalar(step)));
    // The runtime reads the window of a complex signal beyond its end.
    boolean windowed = parts == 1 && random.nextBoolean();
    inputs.add(windowed ? graph.gaussian(random, length) : "");
    if (!windowed || random.nextBoolean()) {
      inputs.add(graph.longScalar(length));
    }
    String y =
        graph.node("STFT", inputs, Attributes.of("onesided", parts == 2 ? 0 : random.nextInt(2)));
    return new Case(graph.model("STFT", y), Points.QUADRATIC);
  }
}
