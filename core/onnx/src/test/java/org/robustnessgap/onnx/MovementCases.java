package org.robustnessgap.onnx;

import static org.robustnessgap.onnx.OperatorCases.array;
import static org.robustnessgap.onnx.OperatorCases.of;
import static org.robustnessgap.onnx.OperatorCases.shape;
import static org.robustnessgap.onnx.OperatorCases.with;
import static org.robustnessgap.onnx.TestGraph.X;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.robustnessgap.onnx.OperatorCases.Case;
import org.robustnessgap.onnx.OperatorCases.Maker;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.OnnxModel;

/** Random models around operators that move, repeat or leave out elements. */
final class MovementCases {
  static final Map<String, List<Maker>> MAKERS =
      Map.ofEntries(
          Map.entry("Compress", List.of(MovementCases::compress)),
          Map.entry("CumSum", List.of(MovementCases::cumulativeSum)),
          Map.entry("ReverseSequence", List.of(MovementCases::reverseSequence)),
          Map.entry("ScatterElements", List.of(MovementCases::scatterElements)),
          Map.entry("ScatterND", List.of(MovementCases::scatterNd)),
          Map.entry("TopK", List.of(MovementCases::topK)),
          Map.entry("Trilu", List.of(MovementCases::triangle)),
          Map.entry("Concat", List.of(MovementCases::concat)),
          Map.entry("DepthToSpace", List.of(MovementCases::depthToSpace)),
          Map.entry("Expand", List.of(MovementCases::expand)),
          Map.entry("Gather", List.of(MovementCases::gather)),
          Map.entry("GatherElements", List.of(MovementCases::gatherElements)),
          Map.entry("GatherND", List.of(MovementCases::gatherNd)),
          Map.entry("Pad", List.of(MovementCases::pad, MovementCases::padSomeAxes)),
          Map.entry(
              "Slice",
              List.of(
                  MovementCases::slice,
                  MovementCases::sliceWithSteps,
                  MovementCases::sliceByShape)),
          Map.entry("SpaceToDepth", List.of(MovementCases::spaceToDepth)),
          Map.entry("Split", List.of(MovementCases::split, MovementCases::chunk)),
          Map.entry("Tile", List.of(MovementCases::tile)));

  private MovementCases() {}

  /** Elements get weights of their own, so that a gradient in the wrong place shows. */
  private static Case weighted(
      String operator, TestGraph graph, String output, SplittableRandom random) {
    String doubled = graph.node("Mul", List.of(output, output));
    return of(operator, graph, random.nextBoolean() ? doubled : output, Points.QUADRATIC);
  }

  private static Case concat(SplittableRandom random) {
    int rank = random.nextInt(1, 4);
    long[] row = shape(random, rank, 3);
    TestGraph graph = new TestGraph(row);
    int axis = random.nextInt(1, rank + 1);
    // A constant cannot be joined along other axes than the batch, but a scaled copy can.
    String scaled = graph.node("Mul", List.of(X, graph.gaussian(random, with(1, row))));
    String zeros = graph.node("ConstantOfShape", List.of(graph.node("Shape", List.of(X))));
    List<String> parts = new ArrayList<>(List.of(X));
    for (int more = random.nextInt(3); more > 0; more--) {
      parts.add(List.of(X, scaled, zeros).get(random.nextInt(3)));
    }
    String y =
        graph.node(
            "Concat",
            parts,
            Attributes.of("axis", (long) (random.nextBoolean() ? axis : axis - rank - 1)));
    return weighted("Concat", graph, y, random);
  }

  /** Of three parts, the second one may be left out. */
  private static Case split(SplittableRandom random) {
    long[] sizes = shape(random, 3, 3);
    long[] row = {random.nextLong(1, 4), LongStream.of(sizes).sum(), random.nextLong(1, 4)};
    TestGraph graph = new TestGraph(row);
    List<String> parts =
        graph.nodeWithOutputs(
            "Split",
            3,
            List.of(X, graph.longs(sizes)),
            Attributes.of("axis", random.nextBoolean() ? 2L : -2L));
    List<String> kept = new ArrayList<>(List.of(parts.get(2), parts.get(0)));
    if (random.nextBoolean()) {
      kept.add(parts.get(1));
    }
    String y = graph.node("Concat", kept, Attributes.of("axis", 2L));
    return weighted("Split", graph, y, random);
  }

  /** The parts' sizes are left to the operator. */
  private static Case chunk(SplittableRandom random) {
    TestGraph graph = new TestGraph(random.nextLong(4, 8), random.nextLong(1, 3));
    List<String> parts =
        graph.nodeWithOutputs(
            "Split", 2, List.of(X), Attributes.of("axis", 1L), Attributes.of("num_outputs", 2L));
    String tanh = graph.node("Neg", List.of(parts.get(0)));
    String y = graph.node("Concat", List.of(parts.get(1), tanh), Attributes.of("axis", 1L));
    return weighted("Split", graph, y, random);
  }

  private static Case slice(SplittableRandom random) {
    long[] row = shape(random, 3, 5);
    TestGraph graph = new TestGraph(row);
    int axis = random.nextInt(1, 4);
    long size = row[axis - 1];
    long start = random.nextLong(size);
    long end = random.nextLong(start + 1, size + 1);
    boolean fromEnd = random.nextBoolean();
    List<String> inputs = new ArrayList<>();
    inputs.add(X);
    inputs.add(graph.longs(fromEnd ? start - size : start));
    inputs.add(graph.longs(random.nextBoolean() && end == size ? Long.MAX_VALUE : end));
    inputs.add(graph.longs(random.nextBoolean() ? axis : axis - 4));
    if (random.nextBoolean()) {
      inputs.add(graph.longs(1));
    }
    return weighted("Slice", graph, graph.node("Slice", inputs), random);
  }

  /** Every second or third element, possibly backwards, along two axes. */
  private static Case sliceWithSteps(SplittableRandom random) {
    TestGraph graph = new TestGraph(random.nextLong(2, 6), random.nextLong(2, 6));
    long step = random.nextLong(1, 4);
    String y =
        graph.node(
            "Slice",
            List.of(
                X,
                graph.longs(random.nextLong(2), -1),
                graph.longs(Long.MAX_VALUE, Long.MIN_VALUE),
                graph.longs(1, 2),
                graph.longs(step, -random.nextLong(1, 3))));
    return weighted("Slice", graph, y, random);
  }

  /** The end is computed from the size of the image, as exporters write it; and no axes. */
  private static Case sliceByShape(SplittableRandom random) {
    long width = random.nextLong(2, 6);
    TestGraph graph = new TestGraph(width);
    String size =
        graph.node(
            "Gather",
            List.of(graph.node("Shape", List.of(X)), graph.longs(1)),
            Attributes.of("axis", 0L));
    String half = graph.node("Div", List.of(size, graph.longs(2)));
    String y = graph.node("Slice", List.of(X, graph.longs(0), half, graph.longs(1)));
    String all =
        graph.node("Slice", List.of(y, graph.longs(0, 0), graph.longs(1L << 40, 1L << 40)));
    return weighted("Slice", graph, all, random);
  }

  private static Case gather(SplittableRandom random) {
    long[] row = shape(random, 3, 4);
    TestGraph graph = new TestGraph(row);
    int axis = random.nextInt(1, 4);
    long[] indices = new long[random.nextInt(1, 4)];
    for (int i = 0; i < indices.length; i++) {
      indices[i] = random.nextLong(-row[axis - 1], row[axis - 1]);
    }
    String drawn = graph.longs(indices);
    String chosen =
        indices.length == 1 && random.nextBoolean() ? graph.node("Squeeze", List.of(drawn)) : drawn;
    String y = graph.node("Gather", List.of(X, chosen), Attributes.of("axis", (long) axis));
    return weighted("Gather", graph, y, random);
  }

  /** From each row, the places that another computation names. */
  private static Case gatherElements(SplittableRandom random) {
    TestGraph graph = new TestGraph(random.nextLong(1, 4), random.nextLong(1, 5));
    String places = graph.node("ArgMax", List.of(X), Attributes.of("axis", 2L));
    String y = graph.node("GatherElements", List.of(X, places), Attributes.of("axis", 2L));
    String repeated = graph.node("Concat", List.of(y, y), Attributes.of("axis", 2L));
    return of("GatherElements", graph, repeated, Points.GRID);
  }

  private static Case gatherNd(SplittableRandom random) {
    TestGraph graph = new TestGraph(3, random.nextLong(1, 4));
    String rows = graph.node("Transpose", List.of(X), Attributes.of("perm", new long[] {1, 0, 2}));
    String places =
        graph.node(
            "Reshape",
            List.of(graph.longs(random.nextLong(3), random.nextLong(3), -1), graph.longs(3, 1)));
    String y = graph.node("GatherND", List.of(rows, places));
    String back = graph.node("Transpose", List.of(y), Attributes.of("perm", new long[] {1, 0, 2}));
    return weighted("GatherND", graph, back, random);
  }

  private static Case pad(SplittableRandom random) {
    String mode = List.of("constant", "reflect", "edge", "wrap").get(random.nextInt(4));
    long[] row = {random.nextLong(1, 4), random.nextLong(3, 6), random.nextLong(3, 6)};
    TestGraph graph = new TestGraph(row).opset(mode.equals("wrap") ? 19 : OnnxModel.OPSET);
    long low = mode.equals("constant") ? -1 : 0;
    long[] pads = {0, 0, 0, 0, 0, 0, 0, 0};
    for (int axis : new int[] {2, 3, 6, 7}) {
      pads[axis] = random.nextLong(low, 3);
    }
    List<String> inputs = new ArrayList<>(List.of(X, graph.longs(pads)));
    if (random.nextBoolean()) {
      inputs.add(graph.floats(new float[] {3}));
    }
    String y = graph.node("Pad", inputs, Attributes.of("mode", mode));
    return weighted("Pad", graph, y, random);
  }

  private static Case padSomeAxes(SplittableRandom random) {
    String mode = List.of("constant", "reflect", "edge").get(random.nextInt(3));
    TestGraph graph = new TestGraph(2, random.nextLong(3, 6));
    String y =
        graph.node(
            "Pad",
            List.of(X, graph.longs(random.nextLong(3), random.nextLong(3)), "", graph.longs(-1)),
            Attributes.of("mode", mode));
    return weighted("Pad", graph, y, random);
  }

  private static Case expand(SplittableRandom random) {
    long[] row = shape(random, 3, 3);
    row[random.nextInt(3)] = 1;
    TestGraph graph = new TestGraph(row);
    long[] to = with(1, row);
    for (int axis = 1; axis < to.length; axis++) {
      to[axis] = to[axis] == 1 ? random.nextLong(1, 4) : random.nextBoolean() ? 1 : to[axis];
    }
    return weighted("Expand", graph, graph.node("Expand", List.of(X, graph.longs(to))), random);
  }

  private static Case tile(SplittableRandom random) {
    int rank = random.nextInt(1, 4);
    TestGraph graph = new TestGraph(shape(random, rank, 3));
    String y = graph.node("Tile", List.of(X, graph.longs(with(1, shape(random, rank, 3)))));
    return weighted("Tile", graph, y, random);
  }

  private static Case depthToSpace(SplittableRandom random) {
    long block = random.nextLong(1, 4);
    TestGraph graph =
        new TestGraph(random.nextLong(1, 3) * block * block, random.nextLong(1, 3), 2);
    AttributeProto[] mode =
        switch (random.nextInt(3)) {
          case 0 -> new AttributeProto[0];
          case 1 -> array(List.of(), Attributes.of("mode", "DCR"));
          default -> array(List.of(), Attributes.of("mode", "CRD"));
        };
    String y =
        graph.node(
            "DepthToSpace", List.of(X), array(List.of(mode), Attributes.of("blocksize", block)));
    return weighted("DepthToSpace", graph, y, random);
  }

  private static Case spaceToDepth(SplittableRandom random) {
    long block = random.nextLong(1, 4);
    TestGraph graph =
        new TestGraph(
            random.nextLong(1, 3), random.nextLong(1, 3) * block, random.nextLong(1, 3) * block);
    String y = graph.node("SpaceToDepth", List.of(X), Attributes.of("blocksize", block));
    return weighted("SpaceToDepth", graph, y, random);
  }

  private static Case compress(SplittableRandom random) {
    long width = random.nextLong(1, 6);
    TestGraph graph = new TestGraph(width, random.nextLong(1, 4));
    boolean[] kept = new boolean[(int) width];
    kept[random.nextInt(kept.length)] = true;
    for (int i = 0; i < kept.length; i++) {
      kept[i] |= random.nextBoolean();
    }
    String y = graph.node("Compress", List.of(X, graph.truths(kept)), Attributes.of("axis", 1L));
    return weighted("Compress", graph, y, random);
  }

  private static Case cumulativeSum(SplittableRandom random) {
    int rank = random.nextInt(1, 4);
    TestGraph graph = new TestGraph(shape(random, rank, 4));
    long axis = random.nextLong(1, rank + 1);
    String y =
        graph.node(
            "CumSum",
            List.of(X, graph.longs(random.nextBoolean() ? axis : axis - rank - 1)),
            Attributes.of("exclusive", random.nextInt(2)),
            Attributes.of("reverse", random.nextInt(2)));
    return weighted("CumSum", graph, graph.node("Add", List.of(X, y)), random);
  }

  /** Of constant length, so that the rows lie along the axis of time. */
  private static Case reverseSequence(SplittableRandom random) {
    long[] row = {random.nextLong(1, 4), random.nextLong(1, 5)};
    TestGraph graph = new TestGraph(row);
    long[] lengths = new long[(int) row[0]];
    Arrays.setAll(lengths, i -> random.nextLong(1, row[1] + 1));
    String moved = graph.node("Transpose", List.of(X), Attributes.of("perm", new long[] {1, 2, 0}));
    String reversed =
        graph.node(
            "ReverseSequence",
            List.of(moved, graph.longs(lengths)),
            Attributes.of("batch_axis", 0L),
            Attributes.of("time_axis", 1L));
    String y =
        graph.node("Transpose", List.of(reversed), Attributes.of("perm", new long[] {2, 0, 1}));
    return weighted("ReverseSequence", graph, y, random);
  }

  private static AttributeProto[] reduction(SplittableRandom random) {
    return random.nextBoolean()
        ? array(List.of(), Attributes.of("reduction", "add"))
        : new AttributeProto[0];
  }

  /** x overwritten by, or added to, parts of 3x along its last axis. */
  private static Case scatterElements(SplittableRandom random) {
    long[] row = {random.nextLong(1, 4), random.nextLong(2, 5)};
    TestGraph graph = new TestGraph(row);
    String place = graph.node("ArgMax", List.of(X), Attributes.of("axis", -1L));
    String part = graph.node("ReduceSum", List.of(X, graph.longs(-1)));
    String updates = graph.node("Mul", List.of(part, graph.floats(new float[] {3})));
    String y =
        graph.node(
            "ScatterElements",
            List.of(X, place, updates),
            array(List.of(reduction(random)), Attributes.of("axis", -1L)));
    return of("ScatterElements", graph, y, Points.GRID);
  }

  private static Case scatterNd(SplittableRandom random) {
    long[] row = {random.nextLong(3, 6), random.nextLong(1, 4)};
    TestGraph graph = new TestGraph(row);
    String first = graph.node("Transpose", List.of(X), Attributes.of("perm", new long[] {1, 0, 2}));
    String places = graph.node("Reshape", List.of(graph.longs(2, 0), graph.longs(2, 1)));
    String part =
        graph.node("Gather", List.of(first, graph.longs(0, 1)), Attributes.of("axis", 0L));
    String updates = graph.node("Mul", List.of(part, graph.floats(new float[] {3})));
    String y = graph.node("ScatterND", List.of(first, places, updates), reduction(random));
    String back = graph.node("Transpose", List.of(y), Attributes.of("perm", new long[] {1, 0, 2}));
    return weighted("ScatterND", graph, back, random);
  }

  private static Case topK(SplittableRandom random) {
    long[] row = {random.nextLong(1, 4), random.nextLong(2, 5)};
    TestGraph graph = new TestGraph(row);
    boolean last = random.nextBoolean();
    String k = graph.longs(random.nextLong(1, row[last ? 1 : 0] + 1));
    String y =
        graph
            .nodeWithOutputs(
                "TopK",
                2,
                List.of(X, k),
                Attributes.of("axis", last ? -1L : 1L),
                Attributes.of("largest", random.nextInt(2)))
            .get(0);
    return of("TopK", graph, y, Points.GRID);
  }

  private static Case triangle(SplittableRandom random) {
    TestGraph graph = new TestGraph(shape(random, random.nextInt(2, 4), 4));
    List<String> inputs = new ArrayList<>(List.of(X));
    if (random.nextBoolean()) {
      inputs.add(graph.longScalar(random.nextLong(-2, 3)));
    }
    String y = graph.node("Trilu", inputs, Attributes.of("upper", random.nextInt(2)));
    return weighted("Trilu", graph, graph.node("Add", List.of(X, y)), random);
  }
}
