package org.robustnessgap.onnx;

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
import org.robustnessgap.onnx.OperatorCases.Case;
import org.robustnessgap.onnx.OperatorCases.Maker;
import org.robustnessgap.onnx.graph.Attributes;

/** Random models around normalisations, and changes of an image's size. */
final class NormalizationCases {
  static final Map<String, List<Maker>> MAKERS =
      Map.ofEntries(
          Map.entry("BatchNormalization", List.of(NormalizationCases::batchNormalization)),
          Map.entry("GroupNormalization", List.of(NormalizationCases::group)),
          Map.entry("InstanceNormalization", List.of(NormalizationCases::instance)),
          Map.entry("LRN", List.of(NormalizationCases::localResponse)),
          Map.entry(
              "LayerNormalization", List.of(random -> layer("LayerNormalization", 18, random))),
          Map.entry("LpNormalization", List.of(NormalizationCases::lp)),
          Map.entry("RMSNormalization", List.of(random -> layer("RMSNormalization", 23, random))),
          Map.entry(
              "Resize",
              List.of(NormalizationCases::resizeByScales, NormalizationCases::resizeToSizes)));

  private NormalizationCases() {}

  private static Case batchNormalization(SplittableRandom random) {
    long[] row = shape(random, random.nextInt(1, 5), 4);
    TestGraph graph = new TestGraph(row);
    String y =
        graph.node(
            "BatchNormalization",
            List.of(
                X,
                graph.gaussian(random, row[0]),
                graph.gaussian(random, row[0]),
                graph.gaussian(random, row[0]),
                graph.uniform(random, 0.1, 3, row[0])),
            Attributes.of("epsilon", (float) random.nextDouble(1e-5, 0.1)));
    return of("BatchNormalization", graph, y, Points.QUADRATIC);
  }

  private static AttributeProto epsilon(SplittableRandom random) {
    return Attributes.of("epsilon", (float) random.nextDouble(0.1, 1));
  }

  private static Case instance(SplittableRandom random) {
    long[] row = shape(random, random.nextInt(2, 5), 3);
    TestGraph graph = new TestGraph(row);
    String y =
        graph.node(
            "InstanceNormalization",
            List.of(X, graph.gaussian(random, row[0]), graph.gaussian(random, row[0])),
            epsilon(random));
    return of("InstanceNormalization", graph, y, Points.SMOOTH_GRID);
  }

  private static Case layer(String operator, long opset, SplittableRandom random) {
    int rank = random.nextInt(1, 4);
    long[] row = shape(random, rank, 4);
    int axis = random.nextInt(1, rank + 1);
    TestGraph graph = new TestGraph(row).opset(opset);
    long[] normalized = Arrays.copyOfRange(row, axis - 1, rank);
    List<String> inputs = new ArrayList<>(List.of(X, graph.gaussian(random, normalized)));
    if (operator.startsWith("Layer") && random.nextBoolean()) {
      inputs.add(graph.gaussian(random, normalized));
    }
    long stated = random.nextBoolean() ? axis : axis - rank - 1;
    String y = graph.node(operator, inputs, Attributes.of("axis", stated), epsilon(random));
    return of(operator, graph, y, Points.SMOOTH_GRID);
  }

  private static Case group(SplittableRandom random) {
    long groups = random.nextLong(1, 4);
    long channels = groups * random.nextLong(1, 3);
    TestGraph graph =
        new TestGraph(with(channels, shape(random, random.nextInt(1, 3), 3))).opset(21);
    String y =
        graph.node(
            "GroupNormalization",
            List.of(X, graph.gaussian(random, channels), graph.gaussian(random, channels)),
            Attributes.of("num_groups", groups),
            epsilon(random));
    return of("GroupNormalization", graph, y, Points.SMOOTH_GRID);
  }

  private static Case lp(SplittableRandom random) {
    int rank = random.nextInt(1, 4);
    TestGraph graph = new TestGraph(shape(random, rank, 4));
    // Twos beside the image keep the norm away from 0, where the map bends too much to compare.
    String shape = graph.node("Shape", List.of(X));
    String twos = graph.node("Expand", List.of(graph.floats(new float[] {2}), shape));
    long axis = random.nextLong(1, rank + 1);
    String both = graph.node("Concat", List.of(X, twos), Attributes.of("axis", axis));
    String y =
        graph.node(
            "LpNormalization",
            List.of(both),
            Attributes.of("p", random.nextLong(1, 3)),
            Attributes.of("axis", random.nextBoolean() ? axis : axis - rank - 1));
    return of("LpNormalization", graph, y, Points.SMOOTH_GRID);
  }

  private static Case localResponse(SplittableRandom random) {
    long[] row = with(random.nextLong(1, 6), shape(random, 2, 3));
    TestGraph graph = new TestGraph(row);
    String y =
        graph.node(
            "LRN",
            List.of(X),
            Attributes.of("size", 1 + 2 * random.nextLong(3)),
            Attributes.of("alpha", (float) random.nextDouble(0.1, 1)),
            Attributes.of("beta", (float) random.nextDouble(0.5, 1)),
            Attributes.of("bias", (float) random.nextDouble(1, 2)));
    return of("LRN", graph, y, Points.SMOOTH);
  }

  private static List<AttributeProto> interpolation(SplittableRandom random) {
    List<AttributeProto> attributes = new ArrayList<>();
    String mode = List.of("nearest", "linear", "cubic").get(random.nextInt(3));
    attributes.add(Attributes.of("mode", mode));
    attributes.add(
        Attributes.of(
            "coordinate_transformation_mode",
            List.of("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel")
                .get(random.nextInt(4))));
    if (mode.equals("nearest")) {
      attributes.add(
          Attributes.of(
              "nearest_mode",
              List.of("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")
                  .get(random.nextInt(4))));
    }
    if (mode.equals("cubic") && random.nextBoolean()) {
      attributes.add(Attributes.of("cubic_coeff_a", -0.5f));
      attributes.add(Attributes.of("exclude_outside", 1L));
    }
    // Smoothing before shrinking came with operator set 18.
    if (!mode.equals("nearest") && random.nextInt(3) == 0) {
      attributes.add(Attributes.of("antialias", 1L));
    }
    return attributes;
  }

  private static Case resizeByScales(SplittableRandom random) {
    TestGraph graph = new TestGraph(random.nextLong(1, 3), 2 + random.nextInt(4), 3);
    float[] scales = {1, 1, 0.5f * random.nextInt(1, 6), 0.5f * random.nextInt(2, 6)};
    String y =
        graph.node(
            "Resize",
            List.of(X, "", graph.floats(scales, 4)),
            OperatorCases.array(interpolation(random)));
    return of("Resize", graph, y, Points.QUADRATIC);
  }

  private static Case resizeToSizes(SplittableRandom random) {
    TestGraph graph = new TestGraph(random.nextLong(1, 3), 2 + random.nextInt(4), 3);
    String sizes = graph.longs(random.nextLong(1, 8), random.nextLong(1, 8));
    String y =
        graph.node(
            "Resize",
            List.of(X, "", "", sizes),
            OperatorCases.array(interpolation(random), Attributes.of("axes", new long[] {2, 3})));
    return of("Resize", graph, y, Points.QUADRATIC);
  }
}
