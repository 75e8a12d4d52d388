package org.robustnessgap.onnx;

import static org.robustnessgap.onnx.AttributeForms.form;
import static org.robustnessgap.onnx.TestGraph.X;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.robustnessgap.onnx.AttributeForms.Build;
import org.robustnessgap.onnx.AttributeForms.Form;
import org.robustnessgap.onnx.graph.Attributes;

/** The same of products, convolutions, pooling and resizing. */
final class WindowForms {
  private static final long[] IMAGE = {2, 5, 4};
  private static final long[] KERNEL = {2, 3};
  private static final AttributeProto STRIDES = Attributes.of("strides", new long[] {2, 2});

  private WindowForms() {}

  static List<Form> all() {
    List<Form> forms = new ArrayList<>(products());
    for (String operator : List.of("Conv", "ConvTranspose")) {
      forms.addAll(convolutions(operator));
    }
    for (String operator : List.of("AveragePool", "LpPool", "MaxPool")) {
      forms.addAll(pools(operator));
    }
    forms.addAll(resizes());
    return forms;
  }

  private static List<Form> products() {
    long[] row = {3};
    Build noBias = (g, random) -> g.node("Gemm", List.of(X, g.gaussian(random, 3, 2)));
    Build emptyBias = (g, random) -> g.node("Gemm", List.of(X, g.gaussian(random, 3, 2), ""));
    Build scaled =
        (g, random) ->
            g.node(
                "Gemm",
                List.of(X, g.gaussian(random, 3, 2), g.gaussian(random, 2)),
                Attributes.of("beta", 0f));
    Build implicit =
        (g, random) ->
            g.node(
                "Einsum", List.of(X, g.gaussian(random, 3, 2)), Attributes.of("equation", "bi,ij"));
    Build spaced =
        (g, random) ->
            g.node(
                "Einsum",
                List.of(X, g.gaussian(random, 3, 2)),
                Attributes.of("equation", " ...i , ij -> ...j "));
    Build attention = (g, random) -> g.node("Attention", List.of(X, X, X));
    Build masked = (g, random) -> g.node("Attention", List.of(X, X, X, ""));
    Build joined =
        (g, random) ->
            g.node(
                "Attention",
                List.of(X, X, X),
                Attributes.of("q_num_heads", 2L),
                Attributes.of("kv_num_heads", 2L));
    return List.of(
        form("Gemm", "no attributes, no C", 18, Points.QUADRATIC, row, noBias),
        form("Gemm", "an empty C", 18, Points.QUADRATIC, row, emptyBias),
        form("Gemm", "beta 0", 18, Points.QUADRATIC, row, scaled),
        form("Einsum", "no arrow", 18, Points.QUADRATIC, row, implicit),
        form("Einsum", "spaces and dots", 18, Points.QUADRATIC, row, spaced),
        form("Attention", "no attributes", 23, Points.SMOOTH, new long[] {2, 3, 2}, attention),
        form("Attention", "an empty mask", 23, Points.SMOOTH, new long[] {2, 3, 2}, masked),
        form("Attention", "heads alone", 23, Points.SMOOTH, new long[] {3, 4}, joined));
  }

  private static List<Form> convolutions(String operator) {
    List<Form> forms = new ArrayList<>();
    forms.add(convolution(operator, "no attributes, no bias", false));
    forms.add(convolution(operator, "an empty bias", true));
    forms.add(convolution(operator, "strides alone", false, STRIDES));
    forms.add(
        convolution(
            operator, "dilations alone", false, Attributes.of("dilations", new long[] {2, 1})));
    forms.add(
        convolution(operator, "pads alone", false, Attributes.of("pads", new long[] {1, 0, 0, 1})));
    for (String pad : List.of("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER")) {
      AttributeProto auto = Attributes.of("auto_pad", pad);
      forms.add(convolution(operator, pad, false, auto));
      forms.add(convolution(operator, pad + " and strides", false, auto, STRIDES));
    }
    if (operator.equals("ConvTranspose")) {
      AttributeProto more = Attributes.of("output_padding", new long[] {1, 0});
      forms.add(convolution(operator, "more output", false, more, STRIDES));
    }
    return forms;
  }

  private static Form convolution(
      String operator, String what, boolean emptyBias, AttributeProto... attributes) {
    Build build =
        (g, random) -> {
          String weights = g.gaussian(random, 2, 2, KERNEL[0], KERNEL[1]);
          return g.node(
              operator, emptyBias ? List.of(X, weights, "") : List.of(X, weights), attributes);
        };
    return form(operator, what, 18, Points.QUADRATIC, IMAGE, build);
  }

  private static List<Form> pools(String operator) {
    List<Form> forms = new ArrayList<>();
    AttributeProto pads = Attributes.of("pads", new long[] {1, 1, 0, 1});
    AttributeProto up = Attributes.of("ceil_mode", 1L);
    forms.add(pool(operator, "kernel alone"));
    forms.add(pool(operator, "strides alone", STRIDES));
    forms.add(pool(operator, "pads alone", pads));
    forms.add(pool(operator, "rounded up", up, STRIDES));
    forms.add(pool(operator, "rounded up beside pads", up, STRIDES, pads));
    for (String pad : List.of("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER")) {
      forms.add(pool(operator, pad, Attributes.of("auto_pad", pad), STRIDES));
    }
    if (operator.equals("AveragePool")) {
      for (long counted = 0; counted < 2; counted++) {
        AttributeProto count = Attributes.of("count_include_pad", counted);
        forms.add(pool(operator, "pads counted " + counted, count, pads));
        forms.add(pool(operator, "pads counted, up " + counted, count, pads, up, STRIDES));
      }
    }
    if (operator.equals("LpPool")) {
      forms.add(pool(operator, "p 1", Attributes.of("p", 1L)));
      forms.add(pool(operator, "p 3", Attributes.of("p", 3L), STRIDES));
    }
    return forms;
  }

  private static Form pool(String operator, String what, AttributeProto... attributes) {
    AttributeProto[] all = Arrays.copyOf(attributes, attributes.length + 1);
    all[attributes.length] = Attributes.of("kernel_shape", KERNEL);
    return form(
        operator,
        what,
        18,
        operator.equals("MaxPool") ? Points.GRID : Points.SMOOTH_GRID,
        IMAGE,
        (g, random) -> g.node(operator, List.of(X), all));
  }

  private static List<Form> resizes() {
    List<Form> forms = new ArrayList<>();
    forms.add(resize("scales alone"));
    for (String mode : List.of("nearest", "linear", "cubic")) {
      AttributeProto chosen = Attributes.of("mode", mode);
      forms.add(resize(mode + " alone", chosen));
      for (String coordinates :
          List.of(
              "half_pixel",
              "half_pixel_symmetric",
              "pytorch_half_pixel",
              "align_corners",
              "asymmetric")) {
        AttributeProto at = Attributes.of("coordinate_transformation_mode", coordinates);
        forms.add(resize(mode + ", " + coordinates, chosen, at));
      }
    }
    for (String rounding : List.of("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")) {
      forms.add(resize(rounding, Attributes.of("nearest_mode", rounding)));
    }
    AttributeProto cubic = Attributes.of("mode", "cubic");
    AttributeProto inside = Attributes.of("exclude_outside", 1L);
    forms.add(resize("cubic, another bend", cubic, Attributes.of("cubic_coeff_a", -0.5f)));
    forms.add(resize("cubic inside", cubic, inside));
    AttributeProto linear = Attributes.of("mode", "linear");
    AttributeProto smooth = Attributes.of("antialias", 1L);
    forms.add(resize("linear, smoothed", linear, smooth));
    forms.add(resize("cubic, smoothed", cubic, smooth));
    forms.add(
        form(
            "Resize",
            "sizes alone",
            18,
            Points.QUADRATIC,
            IMAGE,
            (g, random) -> {
              String all = g.node("Shape", List.of(X), Attributes.of("end", 2L));
              String sizes =
                  g.node("Concat", List.of(all, g.longs(3, 7)), Attributes.of("axis", 0L));
              return g.node("Resize", List.of(X, "", "", sizes));
            }));
    AttributeProto axes = Attributes.of("axes", new long[] {2, 3});
    forms.add(
        form(
            "Resize",
            "sizes of some axes",
            18,
            Points.QUADRATIC,
            IMAGE,
            (g, random) -> g.node("Resize", List.of(X, "", "", g.longs(3, 7)), axes, linear)));
    Build old =
        (g, random) -> g.node("Resize", List.of(X, g.floats(new float[] {1, 1, 2, 1.5f}, 4)));
    forms.add(form("Resize", "of set 10", 10, Points.QUADRATIC, IMAGE, old));
    Build region =
        (g, random) ->
            g.node(
                "Resize",
                List.of(X, g.floats(new float[0], 0), g.floats(new float[] {1, 1, 2, 1.5f}, 4)));
    forms.add(form("Resize", "an empty region", 11, Points.QUADRATIC, IMAGE, region));
    return forms;
  }

  private static Form resize(String what, AttributeProto... attributes) {
    return form(
        "Resize",
        what,
        18,
        Points.QUADRATIC,
        IMAGE,
        (g, random) ->
            g.node(
                "Resize", List.of(X, "", g.floats(new float[] {1, 1, 0.6f, 1.5f}, 4)), attributes));
  }
}
