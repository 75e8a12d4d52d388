package org.robustnessgap.onnx;

import static org.robustnessgap.onnx.OperatorCases.shape;
import static org.robustnessgap.onnx.OperatorCases.with;
import static org.robustnessgap.onnx.TestGraph.X;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.robustnessgap.onnx.OperatorCases.Case;
import org.robustnessgap.onnx.OperatorCases.Maker;
import org.robustnessgap.onnx.graph.Attributes;

/** Random models around spatial transformers. */
final class GridCases {
  static final Map<String, List<Maker>> MAKERS =
      Map.of(
          "AffineGrid",
          List.of(GridCases::affine),
          "GridSample",
          List.of(
              random -> new Sketch(random).ofImage(),
              random -> new Sketch(random).ofGrid(),
              random -> new Sketch(random).ofBoth()));

  private GridCases() {}

  /** The size follows from the batch, as exporters write it. */
  private static Case affine(SplittableRandom random) {
    int axes = random.nextInt(2, 4);
    TestGraph graph = new TestGraph(axes, axes + 1);
    long[] size = Arrays.stream(shape(random, axes, 3)).map(length -> length + 1).toArray();
    String batch = batch(graph);
    String whole =
        graph.node("Concat", List.of(batch, graph.longs(with(3, size))), Attributes.of("axis", 0L));
    String y =
        graph.node(
            "AffineGrid", List.of(X, whole), Attributes.of("align_corners", random.nextInt(2)));
    return new Case(graph.opset(20).model("AffineGrid", y), Points.QUADRATIC);
  }

  private static String batch(TestGraph graph) {
    return graph.node("Shape", List.of(X), Attributes.of("start", 0L), Attributes.of("end", 1L));
  }

  /** What to sample, and how. */
  private static final class Sketch {
    private static final String[] OLD = {"bilinear", "nearest", "bicubic"};
    private static final String[] NEW = {"linear", "nearest", "cubic"};
    private static final String[] PADDING = {"zeros", "border", "reflection"};

    private final SplittableRandom random;
    private final int axes;
    private final boolean isNew;
    private final int mode;
    private final boolean corners;
    private final long channels;
    private final long[] image;
    private final long[] out;

    Sketch(SplittableRandom random) {
      this.random = random;
      this.mode = random.nextInt(3);
      // The runtime has no cubic mode for volumes.
      this.axes = mode == 2 ? 2 : random.nextInt(2, 4);
      this.isNew = axes == 3 || random.nextBoolean();
      this.corners = random.nextBoolean();
      this.channels = random.nextLong(1, 3);
      this.image = Arrays.stream(shape(random, axes, 3)).map(length -> length + 1).toArray();
      this.out = shape(random, axes, 3);
    }

    Case ofImage() {
      TestGraph graph = new TestGraph(with(channels, image));
      return sampled(graph, X, forEachRow(graph, centres(graph)), Points.QUADRATIC);
    }

    Case ofGrid() {
      TestGraph graph = new TestGraph(grid());
      String constant = graph.gaussian(random, with(1, with(channels, image)));
      return sampled(graph, forEachRow(graph, constant), moved(graph, X), Points.SMOOTH);
    }

    Case ofBoth() {
      TestGraph graph = new TestGraph(with(channels, image));
      long points = TestGraph.size(grid());
      String weights = graph.uniform(random, -1, 1, TestGraph.size(image) * channels, points);
      String flat = graph.node("Flatten", List.of(X));
      String product = graph.node("MatMul", List.of(flat, weights));
      String shaped = graph.node("Reshape", List.of(product, graph.longs(with(-1, grid()))));
      return sampled(graph, X, moved(graph, shaped), Points.SMOOTH);
    }

    private long[] grid() {
      long[] grid = Arrays.copyOf(out, axes + 1);
      grid[axes] = axes;
      return grid;
    }

    private String forEachRow(TestGraph graph, String constant) {
      long[] ones = new long[axes + 1];
      Arrays.fill(ones, 1);
      String to =
          graph.node("Concat", List.of(batch(graph), graph.longs(ones)), Attributes.of("axis", 0L));
      return graph.node("Expand", List.of(constant, to));
    }

    /** Within the image and beyond, between 1/5 and 2/5 of a pixel from where weights bend. */
    private String centres(TestGraph graph) {
      float[] centres = new float[TestGraph.size(grid())];
      for (int i = 0; i < centres.length; i++) {
        long length = image[axes - 1 - i % axes];
        double near = random.nextDouble(0.2, 0.4);
        double pixel =
            random.nextInt(-3, (int) length + 3) + (random.nextBoolean() ? near : 1 - near);
        centres[i] =
            (float) (corners ? 2 * pixel / (length - 1) - 1 : (2 * pixel + 1) / length - 1);
      }
      return graph.floats(centres, with(1, grid()));
    }

    /** By less than 1/10 of a pixel. */
    private String moved(TestGraph graph, String by) {
      float[] reach = new float[axes];
      for (int i = 0; i < axes; i++) {
        long length = image[axes - 1 - i];
        reach[i] = 0.2f / (corners ? length - 1 : length);
      }
      String bounded = graph.node("Tanh", List.of(by));
      String step = graph.node("Mul", List.of(bounded, graph.floats(reach, axes)));
      return graph.node("Add", List.of(centres(graph), step));
    }

    private Case sampled(TestGraph graph, String from, String grid, Points points) {
      AttributeProto[] attributes = {
        Attributes.of("mode", (isNew ? NEW : OLD)[mode]),
        Attributes.of("padding_mode", PADDING[random.nextInt(3)]),
        Attributes.of("align_corners", corners ? 1 : 0)
      };
      String y = graph.node("GridSample", List.of(from, grid), attributes);
      // Of nearest pixels the grid gets nothing: something else must.
      String least = graph.node("Mul", List.of(sumOf(graph, X), graph.floats(new float[] {0.1f})));
      return new Case(
          graph.opset(isNew ? 20 : 16).model("GridSample", graph.node("Add", List.of(y, least))),
          points);
    }

    private String sumOf(TestGraph graph, String value) {
      long[] all = new long[axes + 1];
      Arrays.setAll(all, axis -> axis + 1);
      return graph.node(
          "ReduceSum", List.of(graph.node("Identity", List.of(value)), graph.longs(all)));
    }
  }
}
