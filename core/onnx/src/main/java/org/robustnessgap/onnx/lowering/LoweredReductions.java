package org.robustnessgap.onnx.lowering;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.Tensors;
import org.robustnessgap.onnx.graph.ValueShapes;

/** Standard operators that make one number of many. */
final class LoweredReductions {
  private LoweredReductions() {}

  /**
   * The product over some axes, by halves: no gradient is a quotient, so it is right also where
   * factors are 0.
   */
  static boolean product(LoweringContext node) {
    int[] axes = axes(node);
    String value = node.input(0);
    for (int axis : axes) {
      value = product(node, value, axis);
    }
    if (node.attributes().integer("keepdims", 1) == 0 && axes.length > 0) {
      long[] dropped = Arrays.stream(axes).asLongStream().toArray();
      value = node.emit("Squeeze", List.of(value, node.builder().longs(dropped)));
    }
    node.replace(0, value);
    return true;
  }

  /** All where none is stated, unless the node says that this means none. */
  private static int[] axes(LoweringContext node) {
    long[] shape = node.shape(node.input(0));
    long[] stated =
        node.hasInput(1) ? Tensors.integers(node.constant(1, "list of axes")) : new long[0];
    boolean all = stated.length == 0 && node.attributes().integer("noop_with_empty_axes", 0) == 0;
    int[] axes =
        all
            ? IntStream.range(0, shape.length).toArray()
            : Arrays.stream(stated)
                .mapToInt(axis -> (int) (axis < 0 ? axis + shape.length : axis))
                .distinct()
                .toArray();
    if (Arrays.stream(axes).anyMatch(axis -> shape[axis] == ValueShapes.BATCH)) {
      throw node.refused(
          all
              ? "it states no axes and so reduces all, the batch among them; export the model with axes"
              : "it reduces the batch");
    }
    return axes;
  }

  private static String product(LoweringContext node, String factors, int axis) {
    long count = node.shape(node.input(0))[axis];
    if (count == 0) {
      throw node.refused("it multiplies no factors");
    }
    String value = factors;
    for (long left = count; left > 1; left = left - left / 2) {
      long half = left / 2;
      String product =
          node.mul(part(node, value, axis, 0, half), part(node, value, axis, half, 2 * half));
      value =
          left % 2 == 0
              ? product
              : node.emit(
                  "Concat",
                  List.of(product, part(node, value, axis, left - 1, left)),
                  Attributes.of("axis", (long) axis));
    }
    return value;
  }

  private static String part(LoweringContext node, String value, int axis, long from, long to) {
    return node.emit(
        "Slice",
        List.of(
            value,
            node.builder().longs(from),
            node.builder().longs(to),
            node.builder().longs(axis)));
  }
}
