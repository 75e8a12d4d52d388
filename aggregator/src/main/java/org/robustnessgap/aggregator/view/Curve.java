package org.robustnessgap.aggregator.view;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.ArrayList;
import java.util.List;
import org.robustnessgap.campaign.quantile.LogHistogram;
import org.robustnessgap.messages.TheoreticalLimits.CurvePoint;

/**
 * Fraction of the samples whose robustness is above a distance, by ascending distance, with a 95 %
 * band.
 *
 * @param points at most {@link #MOST} of them
 */
public record Curve(@JsonValue List<Point> points) {
  static final int MOST = 200;

  private static final double ERROR_RATE = 0.05;

  /**
   * @param distance normalised
   * @param above fraction of samples beyond it, in [0, 1]
   * @param lower lower edge of the band there
   * @param upper upper edge of it
   */
  @JsonFormat(shape = JsonFormat.Shape.ARRAY)
  public record Point(double distance, double above, double lower, double upper) {}

  public Curve {
    points = List.copyOf(points);
  }

  /**
   * The survival function of measured distances; a step ends at each point. The band holds for the
   * whole curve (inequality of Dvoretzky, Kiefer, Wolfowitz and Massart).
   *
   * @param beyond samples whose distance is larger than all those
   */
  static Curve measured(LogHistogram distances, long beyond, double normaliser) {
    double samples = distances.count() + beyond;
    double margin = Math.sqrt(Math.log(2 / ERROR_RATE) / (2 * samples));
    List<Point> steps = new ArrayList<>();
    for (LogHistogram.Cumulative step : distances.cumulative()) {
      double above = (samples - step.count()) / samples;
      steps.add(
          new Point(
              step.bucket().upper() / normaliser,
              above,
              Math.max(above - margin, 0),
              Math.min(above + margin, 1)));
    }
    return new Curve(thinned(steps));
  }

  /** No classifier can have more of the data above these distances. */
  static Curve limit(List<CurvePoint> limit, double normaliser) {
    return new Curve(thinned(limit.stream().map(point -> above(point, normaliser)).toList()));
  }

  private static Point above(CurvePoint limit, double normaliser) {
    double above = 1 - limit.probability();
    return new Point(
        limit.distance() / normaliser,
        above,
        limit.upper() == null ? above : 1 - limit.upper(),
        limit.lower() == null ? above : 1 - limit.lower());
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
