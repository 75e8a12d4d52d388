package org.robustnessgap.onnx.lowering;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.List;
import org.robustnessgap.onnx.graph.Attributes;

/**
 * The pixels around points along one axis of an image, and how much each counts, by GridSample's
 * modes. Compared with ONNX Runtime, which beyond the edge moves the points for all modes but cubic
 * with padding by the border.
 *
 * @param indices int64 [n, points, count], within the image
 * @param weights float32 [n, points, count]
 * @param count how many pixels count for a point
 */
record GridTaps(String indices, String weights, int count) {
  /** Of ONNX Runtime and PyTorch. */
  private static final float CUBIC = -0.75f;

  /** By power of the distance from the pixel before the point: the weight of each pixel. */
  private static final float[][] NEAREST = {{1}};

  private static final float[][] LINEAR = {{1, 0}, {-1, 1}};

  private static final float[][] KEYS = {
    {0, 1, 0, 0},
    {CUBIC, 0, -CUBIC, 0},
    {-2 * CUBIC, -(CUBIC + 3), 2 * CUBIC + 3, CUBIC},
    {CUBIC, CUBIC + 2, -(CUBIC + 2), -CUBIC}
  };

  /**
   * @param coordinate [n, points, 1], −1 … 1 within the image
   * @param length of the axis
   */
  static GridTaps of(LoweringContext node, String coordinate, int length) {
    float[][] powers =
        switch (node.attributes().text("mode", "linear")) {
          case "nearest" -> NEAREST;
          case "linear", "bilinear" -> LINEAR;
          case "cubic", "bicubic" -> KEYS;
          default -> throw node.refused("it samples in a mode that the standard does not know");
        };
    return new GridAxis(node, length, powers).taps(coordinate);
  }

  private record GridAxis(LoweringContext node, int length, float[][] powers) {
    private boolean isPadded(String by) {
      return node.attributes().text("padding_mode", "zeros").equals(by);
    }

    private boolean isBetweenCorners() {
      return node.attributes().integer("align_corners", 0) != 0;
    }

    GridTaps taps(String coordinate) {
      String at = within(powers == NEAREST ? nearest(coordinate) : pixels(coordinate));
      // In which cell a point lies is flat; where in the cell is not.
      String cell = node.held(node.unary("Floor", at));
      int count = powers[0].length;
      float[] offsets = new float[count];
      for (int tap = 0; tap < count; tap++) {
        offsets[tap] = tap - (count - 1) / 2;
      }
      String taps = node.add(cell, node.builder().floats(offsets, count));
      String weights = weights(node.sub(at, cell));
      if (isPadded("zeros")) {
        weights = node.mul(weights, inside(taps));
      } else if (isPadded("reflection")) {
        taps = reflected(taps);
      }
      String indices = node.emit("Cast", List.of(taps), Attributes.of("to", DataType.INT64_VALUE));
      String clipped =
          node.emit(
              "Clip",
              List.of(
                  indices, node.builder().longScalar(0), node.builder().longScalar(length - 1L)));
      return new GridTaps(clipped, weights, count);
    }

    /** In pixels, 0 at the centre of the first. In the runtime's order, which rounds alike. */
    private String pixels(String coordinate) {
      String up = node.add(coordinate, node.number(1));
      String half = node.number(0.5);
      return isBetweenCorners()
          ? node.mul(node.mul(up, half), node.number(length - 1))
          : node.mul(node.sub(node.mul(up, node.number(length)), node.number(1)), half);
    }

    private String nearest(String coordinate) {
      return node.held(node.unary("Round", pixels(coordinate)));
    }

    private String within(String at) {
      if (isPadded("reflection")) {
        return reflected(at);
      }
      return isPadded("border") && powers != KEYS
          ? node.emit("Clip", List.of(at, node.number(0), node.number(length - 1)))
          : at;
    }

    /** To and fro between the edges. */
    private String reflected(String at) {
      double low = isBetweenCorners() ? 0 : -0.5;
      double range = isBetweenCorners() ? length - 1 : length;
      if (range == 0) {
        throw node.refused("it reflects an axis of one pixel");
      }
      String from = node.sub(at, node.number(low));
      String laps =
          node.held(node.unary("Floor", node.emit("Div", List.of(from, node.number(range)))));
      String half = node.unary("Floor", node.mul(laps, node.number(0.5)));
      String odd = node.held(node.sub(laps, node.add(half, half)));
      String into = node.sub(from, node.mul(laps, node.number(range)));
      String direction = node.sub(node.number(1), node.add(odd, odd));
      String start = node.add(node.mul(odd, node.number(range)), node.number(low));
      return node.add(node.mul(into, direction), start);
    }

    private String inside(String taps) {
      String both =
          node.emit(
              "And",
              List.of(
                  node.emit("GreaterOrEqual", List.of(taps, node.number(0))),
                  node.emit("LessOrEqual", List.of(taps, node.number(length - 1)))));
      return node.emit("Cast", List.of(both), Attributes.of("to", DataType.FLOAT_VALUE));
    }

    /** Horner's scheme. */
    private String weights(String within) {
      String value = coefficients(powers.length - 1);
      for (int power = powers.length - 2; power >= 0; power--) {
        value = node.add(node.mul(value, within), coefficients(power));
      }
      // Nearest pixels have no distance to tell the number of points.
      return powers == NEAREST ? node.add(node.mul(within, node.number(0)), value) : value;
    }

    private String coefficients(int power) {
      return node.builder().floats(powers[power], powers[power].length);
    }
  }
}
