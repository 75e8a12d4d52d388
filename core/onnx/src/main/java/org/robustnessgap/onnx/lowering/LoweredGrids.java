package org.robustnessgap.onnx.lowering;

import java.util.Arrays;
import java.util.List;
import org.robustnessgap.onnx.graph.Attributes;

/** Spatial transformers: where to look, and what is seen there. */
final class LoweredGrids {
  private LoweredGrids() {}

  /**
   * AffineGrid: θ [n, d, d + 1] times the centres of the pixels, or the corners of the image, in −1
   * … 1.
   */
  static boolean affine(LoweringContext node) {
    String theta = node.input(0);
    int axes = node.fixed(theta, 1, "number of axes");
    long[] size = new long[axes];
    Arrays.setAll(size, axis -> node.fixed(node.output(0), axis + 1, "size"));
    int points = Math.toIntExact(product(size));
    boolean corners = node.attributes().integer("align_corners", 0) != 0;
    float[] centres = new float[(axes + 1) * points];
    Arrays.fill(centres, axes * points, centres.length, 1);
    int inner = 1;
    for (int axis = axes - 1; axis >= 0; axis--) {
      int length = (int) size[axis];
      // The first coordinate is that of the last axis.
      int from = (axes - 1 - axis) * points;
      for (int point = 0; point < points; point++) {
        centres[from + point] = centre(point / inner % length, length, corners);
      }
      inner *= length;
    }
    String product =
        node.emit("MatMul", List.of(theta, node.builder().floats(centres, axes + 1L, points)));
    String turned =
        node.emit("Transpose", List.of(product), Attributes.of("perm", new long[] {0, 2, 1}));
    node.replace(0, reshaped(node, turned, joined(size, axes)));
    return true;
  }

  private static float centre(int pixel, int length, boolean corners) {
    if (corners) {
      return length == 1 ? 0 : (float) (2.0 * pixel / (length - 1) - 1);
    }
    return (float) ((2.0 * pixel + 1) / length - 1);
  }

  /**
   * GridSample: a weighted sum of the pixels around each point. The gradient reaches the image
   * through the pixels and the grid through the weights.
   */
  static boolean sample(LoweringContext node) {
    String image = node.input(0);
    int axes = node.shape(image).length - 2;
    int channels = node.fixed(image, 1, "number of channels");
    long[] out = new long[axes];
    Arrays.setAll(out, axis -> node.fixed(node.input(1), axis + 1, "number of points"));
    long points = product(out);
    String grid = reshaped(node, node.input(1), points, axes);

    String weights = "";
    String positions = "";
    long pixels = 1;
    long count = 1;
    for (int axis = 0; axis < axes; axis++) {
      int length = node.fixed(image, axis + 2, "image size");
      String coordinate =
          node.emit(
              "Gather",
              List.of(grid, node.builder().longs(axes - 1L - axis)),
              Attributes.of("axis", 2L));
      GridTaps taps = GridTaps.of(node, coordinate, length);
      if (axis == 0) {
        weights = taps.weights();
        positions = taps.indices();
      } else {
        long[] each = {points, count, 1};
        long[] beside = {points, 1, taps.count()};
        long[] both = {points, count * taps.count()};
        String rows = reshaped(node, positions, each);
        String start = node.mul(rows, node.builder().longs(length));
        positions = reshaped(node, node.add(start, reshaped(node, taps.indices(), beside)), both);
        weights =
            reshaped(
                node,
                node.mul(reshaped(node, weights, each), reshaped(node, taps.weights(), beside)),
                both);
      }
      pixels *= length;
      count *= taps.count();
    }
    String flat = reshaped(node, image, channels, pixels);
    long[] lastFirst = {0, 2, 1};
    String byPixel = node.emit("Transpose", List.of(flat), Attributes.of("perm", lastFirst));
    String seen =
        node.emit(
            "GatherND",
            List.of(byPixel, reshaped(node, positions, points * count, 1)),
            Attributes.of("batch_dims", 1L));
    String weighted =
        node.mul(
            reshaped(node, seen, points, count, channels),
            reshaped(node, weights, points, count, 1));
    String sum =
        node.emit(
            "ReduceSum", List.of(weighted, node.builder().longs(2)), Attributes.of("keepdims", 0L));
    String turned = node.emit("Transpose", List.of(sum), Attributes.of("perm", lastFirst));
    long[] shape = new long[axes + 1];
    shape[0] = channels;
    System.arraycopy(out, 0, shape, 1, axes);
    node.replace(0, reshaped(node, turned, shape));
    return true;
  }

  /** As [n, …]. */
  private static String reshaped(LoweringContext node, String value, long... row) {
    long[] shape = new long[row.length + 1];
    shape[0] = -1;
    System.arraycopy(row, 0, shape, 1, row.length);
    return node.emit("Reshape", List.of(value, node.builder().longs(shape)));
  }

  private static long[] joined(long[] first, long last) {
    long[] joined = Arrays.copyOf(first, first.length + 1);
    joined[first.length] = last;
    return joined;
  }

  private static long product(long[] sizes) {
    return Arrays.stream(sizes).reduce(1, (a, b) -> a * b);
  }
}
