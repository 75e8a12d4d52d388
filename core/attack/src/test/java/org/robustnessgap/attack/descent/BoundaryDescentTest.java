package org.robustnessgap.attack.descent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.robustnessgap.attack.baseline.DeepFool;
import org.robustnessgap.attack.map.RowMap;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.search.SearchProblem;
import org.robustnessgap.attack.search.SearchResult;
import org.robustnessgap.messages.Algorithm;
import org.robustnessgap.messages.Effort;

/** What boundary descent must do better than DeepFool; {@link SearchTest} holds the rest. */
class BoundaryDescentTest {
  private static final int D = 100;
  private static final int BOUNDARIES = 100;

  /** Logits (0, ½ Σ hᵢxᵢ² + g·x − 1): the boundary is a quadric around the origin's side. */
  private static final class Quadric extends RowMap {
    private final double[] curvatures;
    private final double[] slope;

    Quadric(double[] curvatures, double[] slope) {
      super(curvatures.length, 2);
      this.curvatures = curvatures;
      this.slope = slope;
    }

    /** ‖g‖ = 1, so the boundary's distance is near 1; curvatures are uniform in ± the largest. */
    static Quadric random(int seed, double largest) {
      SplittableRandom random = new SplittableRandom(seed);
      double[] slope = gaussian(random, 1, D)[0];
      double norm = Math.sqrt(dot(slope, slope));
      double[] curvatures = new double[D];
      for (int i = 0; i < D; i++) {
        slope[i] /= norm;
        curvatures[i] = random.nextDouble(-largest, largest);
      }
      return new Quadric(curvatures, slope);
    }

    @Override
    public double[] value(double[] x) {
      double q = dot(slope, x) - 1;
      for (int i = 0; i < x.length; i++) {
        q += curvatures[i] * x[i] * x[i] / 2;
      }
      return new double[] {0, q};
    }

    @Override
    public double[] gradient(double[] x, double[] v) {
      double[] product = new double[x.length];
      Arrays.setAll(product, i -> (v[1]) * (curvatures[i] * x[i] + slope[i]));
      return product;
    }

    /**
     * The distance from the origin. Its foot is xᵢ = λgᵢ/(1 − λhᵢ) for the λ in (0, 1/max h) that
     * puts it on the boundary: the secular equation.
     */
    double distance() {
      double low = 0;
      double high = 1 / Arrays.stream(curvatures).max().orElseThrow();
      for (int halving = 0; halving < 200; halving++) {
        double middle = (low + high) / 2;
        if (value(foot(middle))[1] < 0) {
          low = middle;
        } else {
          high = middle;
        }
      }
      return Math.sqrt(dot(foot(low), foot(low)));
    }

    private double[] foot(double multiplier) {
      double[] x = new double[slope.length];
      Arrays.setAll(x, i -> multiplier * slope[i] / (1 - multiplier * curvatures[i]));
      return x;
    }
  }

  private static Schedule steps(int steps) {
    Schedule standard = Schedule.STANDARD;
    return new Schedule(
        standard.rivals(),
        standard.spread(),
        standard.doubt(),
        standard.approach(),
        standard.contenders(),
        standard.firstRay(),
        steps,
        standard.precision(),
        standard.leastStep(),
        0,
        0);
  }

  private static double[] ratios(double curvature, int steps, boolean deepFool) {
    double[] ratios = new double[BOUNDARIES];
    for (int seed = 0; seed < BOUNDARIES; seed++) {
      Quadric map = Quadric.random(seed, curvature);
      Rows origin = Rows.zeros(1, D);
      List<SearchResult> searches =
          deepFool
              ? DeepFool.search(SearchProblem.euclidean(map, origin), Algorithm.DeepFool.standard())
              : Searches.of(map, origin, steps(steps));
      ratios[seed] = searches.get(0).found().orElseThrow().distance() / map.distance();
    }
    Arrays.sort(ratios);
    return ratios;
  }

  /** Distance over exact distance: never below 1, the median and the 95 % quantile near it. */
  @ParameterizedTest
  @CsvSource({"0.3, 1.0005, 1.001", "1, 1.001, 1.005", "2, 1.005, 1.03"})
  void curvedBoundaries(double curvature, double median, double tail) {
    double[] ratios = ratios(curvature, 20, false);

    assertThat(ratios[0]).isGreaterThan(1 - 1e-5);
    assertThat(ratios[BOUNDARIES / 2]).isLessThan(median);
    assertThat(ratios[BOUNDARIES * 95 / 100]).isLessThan(tail);
  }

  @Test
  void closerThanDeepFool() {
    double[] own = ratios(1, 20, false);
    double[] deepFool = ratios(1, 20, true);

    assertThat(deepFool[BOUNDARIES / 2] - 1).isGreaterThan(20 * (own[BOUNDARIES / 2] - 1));
  }

  @Test
  void sphereFromOffCentre() {
    RowMap.Sphere map = new RowMap.Sphere(30, 2);
    float[] start = new float[30];
    start[3] = 0.3f;
    start[17] = -0.4f;
    SearchResult.Found found =
        Searches.of(map, new Rows(start, 30), Schedule.STANDARD).get(0).found().orElseThrow();

    assertThat(found.distance()).isBetween(1.5 - 1e-5, 1.5 * 1.0005);
  }

  @Test
  void thoroughNeverFindsLongerThanStandard() {
    RowMap map = RowMap.Network.random(18, 9, 6);
    float[] values = RowMap.narrow(RowMap.gaussian(new SplittableRandom(19), 1, 20 * 9)[0]);
    List<SearchResult> standard =
        Searches.of(map, new Rows(values, 9), Schedule.of(Effort.STANDARD));
    List<SearchResult> thorough =
        Searches.of(map, new Rows(values, 9), Schedule.of(Effort.THOROUGH));
    for (int row = 0; row < 20; row++) {
      // The check at the end may push a point out by a thousandth.
      assertThat(thorough.get(row).found().orElseThrow().distance())
          .isLessThanOrEqualTo(standard.get(row).found().orElseThrow().distance() * (1 + 1e-3));
    }
  }

  @Test
  void moreStepsNeverFindLonger() {
    RowMap map = RowMap.Network.random(13, 9, 6);
    SplittableRandom random = new SplittableRandom(14);
    float[] values = RowMap.narrow(RowMap.gaussian(random, 1, 20 * 9)[0]);
    double[] before = new double[20];
    Arrays.fill(before, Double.POSITIVE_INFINITY);
    for (int steps : new int[] {0, 1, 3, 10, 30}) {
      List<SearchResult> searches = Searches.of(map, new Rows(values, 9), steps(steps));
      for (int row = 0; row < 20; row++) {
        double now = searches.get(row).found().orElseThrow().distance();
        // The check at the end may nudge a point out by a ten-thousandth.
        assertThat(now).isLessThanOrEqualTo(before[row] * (1 + 1e-3));
        before[row] = now;
      }
    }
  }
}
