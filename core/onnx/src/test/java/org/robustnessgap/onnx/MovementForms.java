package org.robustnessgap.onnx;

import static org.robustnessgap.onnx.AttributeForms.form;
import static org.robustnessgap.onnx.AttributeForms.with;
import static org.robustnessgap.onnx.TestGraph.X;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.robustnessgap.onnx.AttributeForms.Build;
import org.robustnessgap.onnx.AttributeForms.Form;
import org.robustnessgap.onnx.graph.Attributes;

/** The same of operators that move elements. */
final class MovementForms {
  private static final long ALL = Long.MAX_VALUE;
  private static final long[] WIDE = {4};
  private static final long[] ROW = {2, 3};

  private MovementForms() {}

  static List<Form> all() {
    return Stream.of(parts(), alongFirstAxis(), shapes(), pads(), orders())
        .flatMap(List::stream)
        .toList();
  }

  private static Form moved(String operator, String what, long opset, Build build) {
    return form(operator, what, opset, Points.QUADRATIC, ROW, build);
  }

  private static List<Form> parts() {
    return List.of(
        moved(
            "Slice",
            "no axes, no steps",
            18,
            (g, r) -> g.node("Slice", List.of(X, g.longs(0, 1), g.longs(ALL, 2)))),
        moved(
            "Slice",
            "empty axes",
            18,
            (g, r) ->
                g.node(
                    "Slice",
                    List.of(X, g.longs(0, 1, 2), g.longs(ALL, 2, -ALL), "", g.longs(1, 1, -2)))),
        moved(
            "Slice",
            "an axis from the end",
            18,
            (g, r) -> g.node("Slice", List.of(X, g.longs(-2), g.longs(ALL), g.longs(-1), ""))),
        moved("Split", "unequal parts", 18, split(18, Attributes.of("num_outputs", 2L), 2L)),
        moved("Split", "no parts", 13, split(13, null, 1L)),
        moved("Split", "no parts, set 9", 9, split(9, null, 1L)),
        moved(
            "Split", "an axis from the end", 18, split(18, Attributes.of("num_outputs", 2L), -1L)),
        moved(
            "Split",
            "parts as attribute",
            11,
            split(11, Attributes.of("split", new long[] {1, 1}), 1L)),
        moved(
            "Split",
            "parts as input",
            18,
            (g, r) ->
                g.nodeWithOutputs("Split", 2, List.of(X, g.longs(2, 1)), Attributes.of("axis", 2L))
                    .get(0)));
  }

  private static Build split(long opset, AttributeProto parts, long axis) {
    return (g, r) -> {
      AttributeProto along = Attributes.of("axis", axis);
      List<String> outputs =
          g.nodeWithOutputs(
              "Split",
              2,
              List.of(X),
              parts == null ? new AttributeProto[] {along} : new AttributeProto[] {along, parts});
      return outputs.get(outputs.size() - 1);
    };
  }

  /** Without an axis these act on the first, which here is not the batch. */
  private static List<Form> alongFirstAxis() {
    List<Form> forms = new ArrayList<>();
    forms.add(turned("Gather", (g, x) -> g.node("Gather", List.of(x, g.longs(-1, 0)))));
    forms.add(
        turned(
            "GatherElements",
            (g, x) -> {
              String indices = g.node("Expand", List.of(g.column(2, 0), g.shapeOf(x, 2)));
              return g.node("GatherElements", List.of(x, indices));
            }));
    forms.add(turned("GatherND", (g, x) -> g.node("GatherND", List.of(x, g.column(3, 1)))));
    forms.add(
        turned(
            "ScatterElements",
            (g, x) -> {
              String indices = g.node("Expand", List.of(g.column(2, 0), g.shapeOf(x, 2)));
              String updates = g.node("Expand", List.of(g.number(2), g.shapeOf(x, 2)));
              return g.node("ScatterElements", List.of(x, indices, updates));
            }));
    forms.add(
        turned(
            "ScatterND",
            (g, x) -> {
              String updates = g.node("Expand", List.of(g.number(2), g.shapeOf(x, 1)));
              return g.node("ScatterND", List.of(x, g.column(3), updates));
            }));
    for (long opset : new long[] {11, 18}) {
      AttributeProto[] parts =
          opset < 18
              ? new AttributeProto[0]
              : new AttributeProto[] {Attributes.of("num_outputs", 2L)};
      forms.add(
          form(
              "Split",
              "no axis, set " + opset,
              opset,
              Points.QUADRATIC,
              WIDE,
              (g, r) -> {
                String x = AttributeForms.transposed(g, X);
                String part = g.nodeWithOutputs("Split", 2, List.of(x), parts).get(1);
                return AttributeForms.transposed(g, part);
              }));
    }
    return forms;
  }

  private static Form turned(String operator, BiFunction<TestGraph, String, String> node) {
    return form(
        operator,
        "no axis",
        18,
        Points.QUADRATIC,
        WIDE,
        (g, r) -> {
          String y = node.apply(g, AttributeForms.transposed(g, X));
          return AttributeForms.transposed(g, y);
        });
  }

  private static List<Form> shapes() {
    long[] narrow = {1, 3, 1};
    return List.of(
        with("Flatten", "no axis", 18, Points.QUADRATIC, List.of(X)),
        with(
            "Flatten",
            "axis from the end",
            18,
            Points.QUADRATIC,
            List.of(X),
            Attributes.of("axis", -2L)),
        with(
            "Flatten", "axis 1, set 9", 9, Points.QUADRATIC, List.of(X), Attributes.of("axis", 1L)),
        moved(
            "Reshape",
            "allowzero 0",
            18,
            (g, r) ->
                g.node("Reshape", List.of(X, g.longs(0, -1)), Attributes.of("allowzero", 0L))),
        moved(
            "Reshape",
            "allowzero 1",
            18,
            (g, r) ->
                g.node("Reshape", List.of(X, g.longs(-1, 6)), Attributes.of("allowzero", 1L))),
        form(
            "Squeeze",
            "an axis from the end",
            18,
            Points.QUADRATIC,
            narrow,
            (g, r) -> g.node("Squeeze", List.of(X, g.longs(-1, 1)))),
        form(
            "Squeeze",
            "axes as attribute",
            11,
            Points.QUADRATIC,
            narrow,
            (g, r) -> g.node("Squeeze", List.of(X), Attributes.of("axes", new long[] {3, 1}))),
        moved(
            "Unsqueeze",
            "axes as attribute",
            11,
            (g, r) -> g.node("Unsqueeze", List.of(X), Attributes.of("axes", new long[] {1, 4}))),
        moved(
            "Unsqueeze",
            "axes from the end",
            18,
            (g, r) -> g.node("Unsqueeze", List.of(X, g.longs(-1, 1)))),
        form(
            "Transpose",
            "no order",
            18,
            Points.QUADRATIC,
            WIDE,
            (g, r) -> AttributeForms.transposed(g, g.node("Transpose", List.of(X)))));
  }

  private static List<Form> pads() {
    List<Form> forms = new ArrayList<>();
    String[][] rests = {{}, {""}, {"number"}, {"", "axes"}, {"number", "axes"}, {"", ""}};
    for (String[] rest : rests) {
      boolean some = List.of(rest).contains("axes");
      forms.add(
          moved(
              "Pad",
              "inputs " + List.of(rest),
              18,
              (g, r) -> {
                List<String> inputs = new ArrayList<>();
                inputs.add(X);
                inputs.add(some ? g.longs(1, -1) : g.longs(0, 0, 1, 0, 1, -1));
                for (String input : rest) {
                  inputs.add(
                      input.equals("number")
                          ? g.number(2)
                          : input.equals("axes") ? g.longs(-1) : input);
                }
                return g.node("Pad", inputs);
              }));
    }
    AttributeProto old = Attributes.of("pads", new long[] {0, 0, 1, 0, 1, 0});
    forms.add(with("Pad", "attributes", 10, Points.QUADRATIC, List.of(X), old));
    for (String mode : List.of("reflect", "edge", "wrap")) {
      forms.add(
          moved(
              "Pad",
              mode + " alone",
              19,
              (g, r) ->
                  g.node(
                      "Pad", List.of(X, g.longs(0, 0, 1, 0, 1, 2)), Attributes.of("mode", mode))));
    }
    return forms;
  }

  private static List<Form> orders() {
    List<Form> forms = new ArrayList<>();
    forms.add(
        moved("CumSum", "no attributes", 18, (g, r) -> g.node("CumSum", List.of(X, g.longs(1)))));
    forms.add(
        moved(
            "CumSum",
            "both attributes, an axis from the end",
            18,
            (g, r) ->
                g.node(
                    "CumSum",
                    List.of(X, g.longScalar(-1)),
                    Attributes.of("exclusive", 1L),
                    Attributes.of("reverse", 1L))));
    for (long opset : new long[] {9, 18}) {
      Build blocks = (g, r) -> g.node("DepthToSpace", List.of(X), Attributes.of("blocksize", 2L));
      forms.add(
          form(
              "DepthToSpace",
              "no mode, set " + opset,
              opset,
              Points.QUADRATIC,
              new long[] {8, 1, 2},
              blocks));
    }
    forms.add(largest("no attributes"));
    forms.add(largest("the smallest", Attributes.of("largest", 0L)));
    forms.add(largest("in any order", Attributes.of("sorted", 0L)));
    forms.add(largest("along another axis", Attributes.of("axis", 1L)));
    forms.add(moved("Trilu", "no attributes", 18, (g, r) -> g.node("Trilu", List.of(X))));
    forms.add(moved("Trilu", "an empty offset", 18, (g, r) -> g.node("Trilu", List.of(X, ""))));
    forms.add(
        moved(
            "Trilu",
            "the lower",
            18,
            (g, r) -> g.node("Trilu", List.of(X, g.longScalar(-1)), Attributes.of("upper", 0L))));
    forms.add(
        moved(
            "Concat",
            "an axis from the end",
            18,
            (g, r) -> g.node("Concat", List.of(X, X), Attributes.of("axis", -1L))));
    forms.add(
        moved(
            "Concat",
            "of one",
            18,
            (g, r) -> g.node("Concat", List.of(X), Attributes.of("axis", 1L))));
    return forms;
  }

  private static Form largest(String what, AttributeProto... attributes) {
    return form(
        "TopK",
        what,
        18,
        Points.GRID,
        ROW,
        (g, r) -> g.nodeWithOutputs("TopK", 2, List.of(X, g.longs(2)), attributes).get(0));
  }
}
