package org.robustnessgap.onnx.lowering;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.List;
import org.robustnessgap.onnx.graph.Attributes;

/** Operators of {@code ai.onnx.ml} that prepare numbers in columns, or are linear in them. */
final class LoweredClassical {
  private LoweredClassical() {}

  /** (x − offset)·scale, each one number or one a column. */
  static boolean scaler(LoweringContext node) {
    String x = columns(node);
    float[] offset = node.attributes().reals("offset");
    float[] scale = node.attributes().reals("scale");
    int columns = node.fixed(node.input(0), -1, "number of columns");
    String centred = node.sub(x, row(node, offset, columns));
    node.replace(0, node.mul(centred, row(node, scale, columns)));
    return true;
  }

  /** Each row divided by its norm; a row of norm 0 stays. */
  static boolean normalizer(LoweringContext node) {
    String x = columns(node);
    String norm = node.attributes().text("norm", "MAX");
    String reduction =
        switch (norm) {
          // Of the numbers themselves, not their magnitudes, as the runtime has it.
          case "MAX" -> "ReduceMax";
          case "L1" -> "ReduceL1";
          case "L2" -> "ReduceL2";
          default -> throw node.refused("its norm " + norm + " is unknown");
        };
    String size = node.emit(reduction, List.of(x, node.builder().longs(-1)));
    String isZero = node.emit("Equal", List.of(size, node.number(0)));
    String divisor = node.emit("Where", List.of(isZero, node.number(1), size));
    node.replace(0, node.emit("Div", List.of(x, divisor)));
    return true;
  }

  /** Chosen columns, in the order in which they are named. */
  static boolean columnsChosen(LoweringContext node) {
    String chosen = node.emit("Reshape", List.of(node.input(1), node.builder().longs(-1)));
    node.replace(0, node.emit("Gather", List.of(columns(node), chosen), Attributes.of("axis", 1L)));
    return true;
  }

  /** Another number, the same for all columns or one for each, in place of one that means none. */
  static boolean imputer(LoweringContext node) {
    String x = columns(node);
    float[] imputed = node.attributes().reals("imputed_value_floats");
    if (imputed.length == 0) {
      throw node.refused("it fills integers");
    }
    float missing = node.attributes().real("replaced_value_float", 0);
    String isMissing =
        Float.isNaN(missing)
            ? node.unary("IsNaN", x)
            : node.emit("Equal", List.of(x, node.number(missing)));
    int columns = node.fixed(node.input(0), -1, "number of columns");
    node.replace(0, node.emit("Where", List.of(isMissing, row(node, imputed, columns), x)));
    return true;
  }

  /** The scores, one a class; a single score of two classes becomes two. */
  static boolean classifier(LoweringContext node) {
    Attributes attributes = node.attributes();
    int classes = attributes.reals("intercepts").length;
    boolean isBinary =
        classes == 1
            && (attributes.integers("classlabels_ints", 0, 0).length == 2
                || attributes.texts("classlabels_strings").size() == 2);
    String scores = linear(node, classes);
    String shaped = transformed(node, scores, classes);
    node.replace(
        1,
        isBinary
            ? node.emit(
                "Concat",
                List.of(node.sub(node.number(1), shaped), shaped),
                Attributes.of("axis", 1L))
            : shaped);
    return true;
  }

  static boolean regressor(LoweringContext node) {
    int targets = Math.toIntExact(node.attributes().integer("targets", 1));
    node.replace(0, transformed(node, linear(node, targets), targets));
    return true;
  }

  /** x·coefficientsᵀ + intercepts. */
  private static String linear(LoweringContext node, int rows) {
    String x = columns(node);
    float[] coefficients = node.attributes().reals("coefficients");
    float[] intercepts = node.attributes().reals("intercepts");
    int columns = node.fixed(node.input(0), -1, "number of columns");
    if (rows == 0 || coefficients.length != rows * columns) {
      throw node.refused(
          "it has "
              + coefficients.length
              + " coefficients for "
              + rows
              + " rows of "
              + columns
              + " columns");
    }
    String product =
        node.emit(
            "Gemm",
            List.of(x, node.builder().floats(coefficients, rows, columns)),
            Attributes.of("transB", 1L));
    return intercepts.length == 0 ? product : node.add(product, row(node, intercepts, rows));
  }

  private static String transformed(LoweringContext node, String scores, int count) {
    String transform = node.attributes().text("post_transform", "NONE");
    return switch (transform) {
      case "NONE" -> scores;
      case "LOGISTIC" -> node.unary("Sigmoid", scores);
      case "SOFTMAX" -> {
        if (count == 1) {
          throw node.refused("a softmax of one score is always 1");
        }
        yield node.emit("Softmax", List.of(scores));
      }
      default ->
          throw node.refused(
              "its post_transform " + transform + " is not one of NONE, LOGISTIC and SOFTMAX");
    };
  }

  /** One number, or as many as there are columns. */
  private static String row(LoweringContext node, float[] values, int columns) {
    if (values.length != 1 && values.length != columns) {
      throw node.refused("it has " + values.length + " numbers for " + columns + " columns");
    }
    return node.builder().floats(values, values.length);
  }

  /** The input, a matrix, in float32. */
  private static String columns(LoweringContext node) {
    int rank = node.shape(node.input(0)).length;
    if (rank != 2) {
      throw node.refused("its input has " + rank + " axes, not rows and columns");
    }
    return node.elementType(node.input(0)) == TensorProto.DataType.FLOAT_VALUE
        ? node.input(0)
        : node.emit(
            "Cast",
            List.of(node.input(0)),
            Attributes.of("to", (long) TensorProto.DataType.FLOAT_VALUE));
  }
}
