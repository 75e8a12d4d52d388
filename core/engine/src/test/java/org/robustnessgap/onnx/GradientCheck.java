package org.robustnessgap.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.onnx.adjoint.Differentiator;
import org.robustnessgap.onnx.graph.OnnxModel;

/** Compares a differentiated model with central differences of the model itself. */
final class GradientCheck {
  private static final int ROWS = 3;

  /** Largest error of a component, relative to the largest component of its row. */
  private static final double TOLERANCE = 1e-3;

  private static final double ROUNDING = 1e-5;

  /** What float32 and a step of 0.02 leave of numbers around 1. */
  private static final double ABSOLUTE = 1e-5;

  private final Engine engine;

  GradientCheck(Engine engine) {
    this.engine = engine;
  }

  /**
   * Every component of vᵀJ against v·(f(x + h e) − f(x − h e)) / 2h, for rows x with cotangents v
   * of their own. The differences of a row see that row only, so a gradient that leaks between rows
   * fails too.
   *
   * @return the largest component that was compared
   */
  double check(String what, OnnxModel model, Points points, RandomGenerator random) {
    long[] shape = model.input().shape().stream().mapToLong(Long::longValue).toArray();
    shape[0] = 1;
    int width = TestGraph.size(shape);
    float[] x = new float[ROWS * width];
    for (int row = 0; row < ROWS; row++) {
      System.arraycopy(points.draw(random, width), 0, x, row * width, width);
    }
    try (Executable forward = engine.load(model);
        Executable gradient = engine.load(Differentiator.differentiate(model, engine))) {
      Tensor y = forward.run(batch(x, shape)).get(0);
      assertThat(y.shape()[0]).as(what).isEqualTo(ROWS);
      Tensor v = new Tensor(Points.gaussian(random, y.values().length), y.shape());
      var outputs = gradient.run(batch(x, shape), v);

      assertClose(what + ": output", outputs.get(0).values(), y.values(), ROUNDING);
      double[] expected = differences(forward, x, shape, v, points.step());
      for (int row = 0; row < ROWS; row++) {
        assertClose(
            what + ": gradient of row " + row,
            Arrays.copyOfRange(outputs.get(1).values(), row * width, (row + 1) * width),
            Arrays.copyOfRange(expected, row * width, (row + 1) * width),
            TOLERANCE);
      }
      Tensor alone =
          gradient
              .run(
                  batch(Arrays.copyOf(x, width), shape),
                  new Tensor(Arrays.copyOf(v.values(), v.values().length / ROWS), one(v.shape())))
              .get(1);
      assertThat(alone.shape()).as(what).isEqualTo(shape);
      assertClose(
          what + ": gradient of row 0 alone",
          alone.values(),
          Arrays.copyOf(outputs.get(1).values(), width),
          ROUNDING);
      return largest(expected);
    }
  }

  /** Central differences along every coordinate of every row, in one run. */
  private static double[] differences(
      Executable forward, float[] x, long[] shape, Tensor v, double step) {
    int width = x.length / ROWS;
    float[] moved = new float[2 * x.length * width];
    for (int i = 0; i < x.length; i++) {
      for (int side = 0; side < 2; side++) {
        int at = (2 * i + side) * width;
        System.arraycopy(x, i / width * width, moved, at, width);
        moved[at + i % width] += (float) (side == 0 ? step : -step);
      }
    }
    float[] y = forward.run(batch(moved, shape)).get(0).values();
    int outputs = v.values().length / ROWS;
    double[] differences = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      // What the step came to in float32.
      double h = (double) moved[2 * i * width + i % width] - moved[(2 * i + 1) * width + i % width];
      for (int k = 0; k < outputs; k++) {
        double change = (double) y[2 * i * outputs + k] - y[(2 * i + 1) * outputs + k];
        differences[i] += v.values()[i / width * outputs + k] * change / h;
      }
    }
    return differences;
  }

  private static Tensor batch(float[] rows, long[] shape) {
    long[] batched = shape.clone();
    batched[0] = rows.length / TestGraph.size(shape);
    return new Tensor(rows, batched);
  }

  private static long[] one(long[] shape) {
    long[] alone = shape.clone();
    alone[0] = 1;
    return alone;
  }

  private static void assertClose(String what, float[] actual, float[] expected, double tolerance) {
    double[] wide = new double[expected.length];
    Arrays.setAll(wide, i -> expected[i]);
    assertClose(what, actual, wide, tolerance);
  }

  private static void assertClose(
      String what, float[] actual, double[] expected, double tolerance) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    double scale = largest(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) actual[i])
          .as("%s, component %d of %d", what, i, expected.length)
          .isCloseTo(
              expected[i], org.assertj.core.api.Assertions.within(tolerance * scale + ABSOLUTE));
    }
  }

  private static double largest(double[] values) {
    return Arrays.stream(values).map(Math::abs).max().orElse(0);
  }
}
