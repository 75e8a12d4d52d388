package org.robustnessgap.onnx.input;

import java.util.function.DoubleUnaryOperator;
import org.robustnessgap.messages.Interpolation;

/**
 * Resizing along one axis is a linear map. These are the matrices of PIL, PyTorch and TensorFlow,
 * which agree in where pixels lie: the middle of pixel i of n at (i + ½)/n.
 */
final class ResizeMatrix {
  /** Cubic convolution as TensorFlow has it, and PIL and PyTorch where they antialias. */
  private static final double SMOOTH = -0.5;

  /** As PyTorch and OpenCV have it where they do not antialias. */
  private static final double SHARP = -0.75;

  /** Places between two pixels for which TensorFlow has weights where it does not antialias. */
  private static final double TABLE = 1024;

  private ResizeMatrix() {}

  /**
   * The matrix [to, from] that resizes from some number of pixels to another.
   *
   * @param antialias whether each pixel of a smaller image is made of all those it covers
   */
  static double[][] of(int from, int to, Interpolation interpolation, boolean antialias) {
    double[][] rows = new double[to][from];
    // In float32 as PyTorch and TensorFlow compute it: at pixel 300 that changes weights by 3e-5.
    float scale = (float) from / to;
    double width = antialias ? Math.max(scale, 1) : 1;
    for (int i = 0; i < to; i++) {
      float centre = (i + 0.5f) * scale;
      switch (interpolation) {
        case NEAREST -> rows[i][Math.min((int) centre, from - 1)] = 1;
        case BILINEAR -> weigh(rows[i], centre, width, 1, x -> Math.max(0, 1 - x), !antialias);
        case BICUBIC ->
            weigh(rows[i], centre, width, 2, x -> cubic(x, antialias ? SMOOTH : SHARP), !antialias);
        case CATMULL_ROM ->
            weigh(
                rows[i],
                antialias ? centre : tabulated(centre),
                width,
                2,
                x -> cubic(x, SMOOTH),
                false);
      }
    }
    return rows;
  }

  /** TensorFlow looks its weights up, which moves them by 7e-4. */
  private static float tabulated(float centre) {
    float place = centre - 0.5f;
    double pixel = Math.floor(place);
    return (float) (pixel + Math.rint((place - pixel) * TABLE) / TABLE + 0.5);
  }

  /**
   * One row.
   *
   * @param width of a pixel that comes out, in those that go in
   * @param radius from which on the weight is 0, in that width
   * @param weight by distance from the centre, in that width
   * @param repeated whether the pixel at the edge stands for those beyond; else they have no weight
   *     and the others more
   */
  private static void weigh(
      double[] row,
      double centre,
      double width,
      int radius,
      DoubleUnaryOperator weight,
      boolean repeated) {
    int first = (int) Math.floor(centre - radius * width - 0.5);
    int last = (int) Math.ceil(centre + radius * width - 0.5);
    double sum = 0;
    for (int j = first; j <= last; j++) {
      int inside = Math.max(0, Math.min(j, row.length - 1));
      if (inside == j || repeated) {
        double own = weight.applyAsDouble(Math.abs((j + 0.5 - centre) / width));
        row[inside] += own;
        sum += own;
      }
    }
    for (int j = 0; j < row.length; j++) {
      row[j] /= sum;
    }
  }

  /** Keys 1981, equation 15. */
  private static double cubic(double x, double a) {
    if (x < 1) {
      return ((a + 2) * x - (a + 3)) * x * x + 1;
    }
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
  }
}
