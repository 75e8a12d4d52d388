package org.robustnessgap.deploy.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/** One line of a chart, by its corners. */
public record Series(String name, List<Point> points) {
  private static final int SAMPLES = 200;

  /** In the units of the axes. */
  public record Point(double x, double y) {}

  public Series {
    points = List.copyOf(points);
  }

  /** The graph of a function along an axis. */
  public static Series of(String name, Axis x, DoubleUnaryOperator function) {
    List<Point> points = new ArrayList<>();
    for (int i = 0; i <= SAMPLES; i++) {
      double part = (double) i / SAMPLES;
      double at =
          x.logarithmic()
              ? x.min() * StrictMath.pow(x.max() / x.min(), part)
              : x.min() + part * (x.max() - x.min());
      points.add(new Point(at, function.applyAsDouble(at)));
    }
    return new Series(name, points);
  }

  /**
   * The outline of a histogram with bins of equal width on the axis; values outside are left out.
   */
  public static Series histogram(String name, Axis x, int bins, double[] values) {
    long[] counts = new long[bins];
    for (double value : values) {
      double position = x.position(value);
      if (position >= 0 && position <= 1) {
        counts[Math.min(bins - 1, (int) (position * bins))]++;
      }
    }
    List<Point> outline = new ArrayList<>();
    for (int i = 0; i < bins; i++) {
      outline.add(new Point(edge(x, i, bins), counts[i]));
      outline.add(new Point(edge(x, i + 1, bins), counts[i]));
    }
    return new Series(name, outline);
  }

  private static double edge(Axis x, int i, int bins) {
    double part = (double) i / bins;
    return x.logarithmic()
        ? x.min() * StrictMath.pow(x.max() / x.min(), part)
        : x.min() + part * (x.max() - x.min());
  }
}
