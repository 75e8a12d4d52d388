package org.robustnessgap.deploy.limit;

import java.util.ArrayList;
import java.util.List;
import org.robustnessgap.deploy.plot.Axis;
import org.robustnessgap.deploy.plot.Figure;
import org.robustnessgap.deploy.plot.Figure.Chart;
import org.robustnessgap.deploy.plot.Series;
import org.robustnessgap.limit.ClassMeasures;
import org.robustnessgap.limit.ClosedFormLimit;
import org.robustnessgap.limit.LatentLimit;
import org.robustnessgap.limit.LimitCurve;

/**
 * The limit as pictures: the curve of one case, and the median limit against the latent dimension
 * and against the number of classes as in Figure 2 of Fawzi, Fawzi, Fawzi 2018.
 */
final class LimitFigure {
  private static final double MEDIAN = 0.5;
  private static final double CURVE_END = 0.999;

  private LimitFigure() {}

  /**
   * @param ends curves between which that of the true measures lies; none if they are known
   */
  static Figure of(ClassMeasures measures, List<LatentLimit> ends, double normaliser) {
    return new Figure(
        List.of(curves(measures, ends, normaliser), againstDimension(), againstClasses()));
  }

  private static Chart curves(ClassMeasures measures, List<LatentLimit> ends, double normaliser) {
    LatentLimit latent = new LatentLimit(measures);
    double last = latent.quantile(CURVE_END).orElse(normaliser) / normaliser;
    Axis x = Axis.linear("latent distance / E‖z‖", 0, last);
    List<Series> series = new ArrayList<>();
    series.add(curve("Theorem 1", x, latent, normaliser));
    ends.forEach(end -> series.add(curve("end of the 95 % band", x, end, normaliser)));
    ClosedFormLimit.balanced(measures)
        .asOptional()
        .ifPresent(limit -> series.add(curve("no class above ½", x, limit, normaliser)));
    ClosedFormLimit.equiprobable(measures)
        .asOptional()
        .ifPresent(limit -> series.add(curve("K ≥ 5 equal classes", x, limit, normaliser)));
    // From top to bottom as the lines start, where a legend at the upper right does not cover them.
    return new Chart(
        measures.classes() + " classes: most that can be more robust",
        x,
        Axis.linear("fraction of the data", 0, 1),
        series);
  }

  private static Series curve(String name, Axis x, LimitCurve limit, double normaliser) {
    return Series.of(name, x, distance -> 1 - limit.probability(distance * normaliser));
  }

  private static Chart againstDimension() {
    Axis x = Axis.logarithmic("latent dimension d", 10, 10_000);
    List<Series> series = new ArrayList<>();
    for (int classes : new int[] {2, 5, 10, 100, 1000}) {
      double t = median(classes);
      series.add(Series.of("K = " + classes, x, d -> t / Math.sqrt(d)));
    }
    return new Chart("Median limit against d", x, medianAxis(), series);
  }

  private static Chart againstClasses() {
    Axis x = Axis.logarithmic("equiprobable classes K", 1, 100_000);
    List<Series> series = new ArrayList<>();
    for (int dimension : new int[] {10, 100, 1000, 10_000}) {
      List<Series.Point> points = new ArrayList<>();
      for (double k = 2; k <= x.max(); k = Math.max(k + 1, Math.floor(k * 1.1))) {
        points.add(new Series.Point(k, median((int) k) / Math.sqrt(dimension)));
      }
      series.add(new Series("d = " + dimension, points));
    }
    return new Chart("Median limit against K", x, medianAxis(), series);
  }

  private static Axis medianAxis() {
    return Axis.logarithmic("latent distance / √d", 0.001, 1);
  }

  private static double median(int classes) {
    return new LatentLimit(ClassMeasures.equiprobable(classes)).quantile(MEDIAN).orElseThrow();
  }
}
