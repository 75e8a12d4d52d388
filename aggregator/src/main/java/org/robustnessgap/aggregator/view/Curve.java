package org.robustnessgap.aggregator.view;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.ArrayList;
import java.util.List;
import org.robustnessgap.aggregator.quantile.LogHistogram;
import org.robustnessgap.messages.TheoreticalLimits.CurvePoint;

/**
 * Fraction of the samples whose robustness is above a distance, by ascending distance.
 *
 * @param points at most {@link #MOST} of them
 */
public record Curve(@JsonValue List<Point> points) {
  static final int MOST = 200;

  /**
   * @param distance normalised
   * @param above fraction of samples beyond it, in [0, 1]
   */
  @JsonFormat(shape = JsonFormat.Shape.ARRAY)
  public record Point(double distance, double above) {}

  public Curve {
    points = List.copyOf(points);
  }

  /**
   * The survival function of measured distances; a step ends at each point.
   *
   * @param beyond samples whose distance is larger than all those
   */
  static Curve measured(LogHistogram distances, long beyond, double normaliser) {
    double samples = distances.count() + beyond;
    List<Point> steps = new ArrayList<>();
    for (LogHistogram.Cumulative step : distances.cumulative()) {
      double above = (samples - step.count()) / samples;
      steps.add(new Point(step.bucket().upper() / normaliser, above));
    }
    return new Curve(thinned(steps));
  }

  /** No classifier can have more of the data above these distances. */
  static Curve limit(List<CurvePoint> limit, double normaliser) {
    return new Curve(
        thinned(
            limit.stream()
                .map(p -> new Point(p.distance() / normaliser, 1 - p.probability()))
                .toList()));
  }

  /** The first, the last, and evenly many between them. */
  private static List<Point> thinned(List<Point> points) {
    if (points.size() <= MOST) {
      return points;
    }
    List<Point> kept = new ArrayList<>(MOST);
    for (int i = 0; i < MOST; i++) {
      kept.add(points.get(Math.toIntExact((long) i * (points.size() - 1) / (MOST - 1))));
    }
    return kept;
  }
}
