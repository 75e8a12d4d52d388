package org.robustnessgap.onnx;

import static org.robustnessgap.onnx.TestGraph.X;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.OnnxModel;

/**
 * Operators whose attributes and optional inputs are left out, empty, or at an end of what they may
 * be: what exporters write that know the default.
 */
final class AttributeForms {
  private static final long[] ROW = {2, 3};

  private AttributeForms() {}

  /**
   * A model around one operator.
   *
   * @param what of its attributes is special
   */
  record Form(String operator, String what, OnnxModel model, Points points) {
    @Override
    public String toString() {
      return operator + ", " + what;
    }
  }

  /** Makes the node under test, and what takes its output to rows if need be. */
  @FunctionalInterface
  interface Build {
    String in(TestGraph graph, SplittableRandom random);
  }

  static Form form(
      String operator, String what, long opset, Points points, long[] row, Build build) {
    TestGraph graph = new TestGraph(row).opset(opset);
    String output = build.in(graph, new SplittableRandom(3));
    return new Form(operator, what, graph.model(operator, output), points);
  }

  private static Form bare(String operator, long opset, Points points) {
    return with(operator, "no attributes", opset, points, List.of(X));
  }

  static Form with(
      String operator,
      String what,
      long opset,
      Points points,
      List<String> inputs,
      AttributeProto... attributes) {
    return form(
        operator, what, opset, points, ROW, (g, random) -> g.node(operator, inputs, attributes));
  }

  static String transposed(TestGraph graph, String value) {
    return graph.node("Transpose", List.of(value), Attributes.of("perm", new long[] {1, 0}));
  }

  static List<Form> all() {
    return Stream.of(
            elementwise(), normalization(), reductions(), WindowForms.all(), MovementForms.all())
        .flatMap(List::stream)
        .toList();
  }

  private static List<Form> elementwise() {
    List<Form> forms = new ArrayList<>();
    for (String operator : List.of("LeakyRelu", "HardSigmoid", "ThresholdedRelu", "Shrink")) {
      forms.add(bare(operator, 18, Points.GRID));
    }
    for (String operator : List.of("Celu", "Elu", "Selu")) {
      forms.add(bare(operator, 18, Points.SMOOTH_GRID));
    }
    forms.add(bare("Gelu", 20, Points.SMOOTH));
    forms.add(bare("Swish", 24, Points.SMOOTH));
    for (String operator : List.of("Max", "Mean", "Min", "Sum")) {
      forms.add(with(operator, "of one", 18, Points.GRID, List.of(X)));
    }
    forms.add(
        with("Shrink", "bias alone", 18, Points.GRID, List.of(X), Attributes.of("bias", 0.25f)));
    forms.add(
        with(
            "HardSigmoid", "offset alone", 18, Points.GRID, List.of(X), Attributes.of("beta", 0f)));
    forms.addAll(clip());
    AttributeProto same = Attributes.of("to", (long) TestGraph.FLOAT);
    AttributeProto saturate = Attributes.of("saturate", 1L);
    forms.add(with("Cast", "saturate 1", 19, Points.QUADRATIC, List.of(X), same, saturate));
    forms.add(bare("Dropout", 9, Points.QUADRATIC));
    forms.add(
        form(
            "Dropout",
            "no ratio but a mode",
            18,
            Points.QUADRATIC,
            ROW,
            (g, random) -> g.node("Dropout", List.of(X, "", g.truth(false)))));
    forms.add(
        with("Dropout", "a seed", 18, Points.QUADRATIC, List.of(X), Attributes.of("seed", 4L)));
    return forms;
  }

  private static List<Form> clip() {
    Points points = Points.GRID;
    return List.of(
        bare("Clip", 18, points),
        with("Clip", "empty bounds", 18, points, List.of(X, "", "")),
        clip("one bound", (g, r) -> g.node("Clip", List.of(X, g.number(-0.5f)))),
        clip("empty lower bound", (g, r) -> g.node("Clip", List.of(X, "", g.number(0.5f)))),
        clip("empty upper bound", (g, r) -> g.node("Clip", List.of(X, g.number(0.5f), ""))),
        bare("Clip", 9, points),
        with("Clip", "attribute", 10, points, List.of(X), Attributes.of("max", 0.5f)),
        with("Clip", "attribute below", 9, points, List.of(X), Attributes.of("min", 0.5f)));
  }

  private static Form clip(String what, Build build) {
    return form("Clip", what, 18, Points.GRID, ROW, build);
  }

  private static List<Form> normalization() {
    List<Form> forms = new ArrayList<>();
    for (String operator : List.of("Softmax", "LogSoftmax")) {
      for (long opset : new long[] {9, 11, 12, 13, 18}) {
        forms.add(with(operator, "no axis, set " + opset, opset, Points.SMOOTH, List.of(X)));
        forms.add(
            with(
                operator,
                "axis 1, set " + opset,
                opset,
                Points.SMOOTH,
                List.of(X),
                Attributes.of("axis", 1L)));
      }
    }
    long[] image = {2, 2, 2};
    Build batch =
        (g, random) ->
            g.node(
                "BatchNormalization",
                List.of(
                    X,
                    g.gaussian(random, 2),
                    g.gaussian(random, 2),
                    g.gaussian(random, 2),
                    // So small that the default of epsilon counts.
                    g.floats(new float[] {2e-5f, 1}, 2)));
    forms.add(form("BatchNormalization", "no epsilon", 9, Points.QUADRATIC, image, batch));
    forms.add(form("BatchNormalization", "no epsilon", 15, Points.QUADRATIC, image, batch));
    Build instance =
        (g, random) ->
            g.node(
                "InstanceNormalization",
                List.of(small(g), g.gaussian(random, 2), g.gaussian(random, 2)));
    forms.add(form("InstanceNormalization", "no epsilon", 18, Points.SMOOTH, image, instance));
    for (long opset : new long[] {18, 21}) {
      Build group =
          (g, random) ->
              g.node(
                  "GroupNormalization",
                  List.of(small(g), g.gaussian(random, 2), g.gaussian(random, 2)),
                  Attributes.of("num_groups", 2L));
      String what = "no epsilon, set " + opset;
      forms.add(form("GroupNormalization", what, opset, Points.SMOOTH, image, group));
    }
    for (String bias : new String[] {null, ""}) {
      Build layer =
          (g, random) -> {
            String scale = g.gaussian(random, 3);
            return g.node(
                "LayerNormalization",
                bias == null ? List.of(small(g), scale) : List.of(small(g), scale, bias));
          };
      String what = bias == null ? "no attributes, no bias" : "an empty bias";
      forms.add(form("LayerNormalization", what, 18, Points.SMOOTH, ROW, layer));
    }
    forms.add(
        form(
            "LayerNormalization",
            "axis 1 alone",
            18,
            Points.SMOOTH,
            ROW,
            (g, random) ->
                g.node(
                    "LayerNormalization",
                    List.of(X, g.gaussian(random, 2, 3), g.gaussian(random, 2, 3)),
                    Attributes.of("axis", 1L))));
    forms.add(
        form(
            "RMSNormalization",
            "no attributes",
            23,
            Points.SMOOTH,
            ROW,
            (g, random) -> g.node("RMSNormalization", List.of(small(g), g.gaussian(random, 3)))));
    forms.add(
        form(
            "LRN",
            "size alone",
            18,
            Points.SMOOTH,
            new long[] {3, 2, 2},
            (g, random) -> {
              // So large that the default of alpha counts.
              String large = g.node("Mul", List.of(X, g.number(50)));
              return g.node("LRN", List.of(large), Attributes.of("size", 3L));
            }));
    forms.add(bare("LpNormalization", 18, Points.SMOOTH_GRID));
    forms.add(
        with(
            "LpNormalization",
            "p 1 alone",
            18,
            Points.SMOOTH_GRID,
            List.of(X),
            Attributes.of("p", 1L)));
    return forms;
  }

  /** The image, so small that the default of epsilon counts. */
  private static String small(TestGraph graph) {
    return graph.node("Mul", List.of(X, graph.number(0.01f)));
  }

  private static List<Form> reductions() {
    List<Form> forms = new ArrayList<>();
    for (String operator :
        List.of(
            "ReduceL1",
            "ReduceL2",
            "ReduceLogSum",
            "ReduceLogSumExp",
            "ReduceMax",
            "ReduceMean",
            "ReduceMin",
            "ReduceProd",
            "ReduceSum",
            "ReduceSumSquare")) {
      AttributeProto none = Attributes.of("noop_with_empty_axes", 1L);
      forms.add(reduction(operator, "axes alone", 18, g -> g.longs(2)));
      forms.add(
          reduction(
              operator, "axis from the end", 18, g -> g.longs(-1), Attributes.of("keepdims", 0L)));
      forms.add(reduction(operator, "axes for none", 18, g -> g.longs(-1, 1), none));
      forms.add(reduction(operator, "no axes for none", 18, g -> null, none));
      forms.add(reduction(operator, "empty axes for none", 18, g -> "", none));
      forms.add(reduction(operator, "a list of no axes for none", 18, TestGraph::longs, none));
      forms.add(
          reduction(
              operator,
              "axes as attribute",
              operator.equals("ReduceSum") ? 11 : 17,
              g -> null,
              Attributes.of("axes", new long[] {1})));
    }
    return forms;
  }

  private static Form reduction(
      String operator,
      String what,
      long opset,
      Function<TestGraph, String> axes,
      AttributeProto... attributes) {
    return form(
        operator,
        what,
        opset,
        Points.SMOOTH_GRID,
        ROW,
        (g, random) -> {
          String x = operator.equals("ReduceLogSum") ? g.node("Exp", List.of(X)) : X;
          String stated = axes.apply(g);
          return g.node(operator, stated == null ? List.of(x) : List.of(x, stated), attributes);
        });
  }
}
