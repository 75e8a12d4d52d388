package org.robustnessgap.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.QRDecomposition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.robustnessgap.attack.baseline.DeepFool;
import org.robustnessgap.attack.descent.Schedule;
import org.robustnessgap.attack.descent.Searches;
import org.robustnessgap.attack.map.DifferentiableMap;
import org.robustnessgap.attack.map.RowMap;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.search.SearchProblem;
import org.robustnessgap.attack.search.SearchResult;
import org.robustnessgap.messages.Algorithm;
import org.robustnessgap.messages.Effort;
import org.robustnessgap.messages.Outcome;

/** What every algorithm must do, on maps whose exact distances or symmetries are known. */
@ParameterizedClass
@MethodSource("algorithms")
class SearchTest {
  /** An algorithm by the signature they share. */
  @FunctionalInterface
  interface Method {
    List<SearchResult> search(DifferentiableMap map, Rows start, int bisections);
  }

  private record Named(String name, Method method) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Named> algorithms() {
    return List.of(
        new Named(
            "DeepFool",
            (map, start, bisections) ->
                DeepFool.search(
                    SearchProblem.euclidean(map, start),
                    new Algorithm.DeepFool(50, 0.02, bisections))),
        new Named(
            "boundary descent",
            (map, start, bisections) -> Searches.of(map, start, Schedule.of(Effort.STANDARD))),
        new Named(
            "thorough boundary descent",
            (map, start, bisections) -> Searches.of(map, start, Schedule.of(Effort.THOROUGH))));
  }

  /** Float32 rounding of points and logits around 1. */
  private static final double ROUNDING = 1e-5;

  private final Named algorithm;

  SearchTest(Named algorithm) {
    this.algorithm = algorithm;
  }

  private List<SearchResult> search(DifferentiableMap map, Rows start) {
    return search(map, start, 10);
  }

  private List<SearchResult> search(DifferentiableMap map, Rows start, int bisections) {
    return algorithm.method.search(map, start, bisections);
  }

  private static Rows gaussian(int seed, int count, int width) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return new Rows(values, width);
  }

  private static SearchResult.Found found(SearchResult search) {
    assertThat(search).isInstanceOf(SearchResult.Found.class);
    return (SearchResult.Found) search;
  }

  private static List<Double> distances(List<SearchResult> searches) {
    return searches.stream().map(search -> found(search).distance()).toList();
  }

  private static List<Outcome> outcomes(List<SearchResult> searches) {
    return searches.stream().map(SearchResult::outcome).toList();
  }

  @Test
  void affineClassifierOfSeveralClasses() {
    for (int classes = 2; classes <= 10; classes++) {
      for (int width : new int[] {1, 2, 10, 100}) {
        RowMap.Affine map = RowMap.Affine.random(31 * classes + width, width, classes);
        Rows start = gaussian(classes, 20, width);
        for (int row = 0; row < start.count(); row++) {
          double exact = map.distance(start.row(row));
          Rows one = start.slice(row, row + 1);
          String what = classes + " classes, " + width + " dimensions, row " + row;
          if (Double.isInfinite(exact)) {
            continue;
          }

          assertThat(distances(search(map, one, 10)).get(0))
              .as(what)
              .isBetween(exact * (1 - ROUNDING) - ROUNDING, exact * 1.002 + ROUNDING);
          assertThat(distances(search(map, one, 20)).get(0))
              .as(what)
              .isBetween(exact * (1 - ROUNDING) - ROUNDING, exact * (1 + ROUNDING) + ROUNDING);
        }
      }
    }
  }

  @Test
  void halfSpace() {
    for (int width : new int[] {1, 3, 30, 3000}) {
      double[] normal = RowMap.gaussian(new SplittableRandom(width), 1, width)[0];
      RowMap.Affine map =
          new RowMap.Affine(new double[][] {new double[width], normal}, new double[] {0, 0.7});
      Rows start = gaussian(5, 8, width);
      List<SearchResult> searches = search(map, start);

      for (int row = 0; row < start.count(); row++) {
        double exact =
            Math.abs(RowMap.dot(normal, RowMap.wide(start.row(row))) + 0.7)
                / Math.sqrt(RowMap.dot(normal, normal));
        assertThat(found(searches.get(row)).distance() / exact).isBetween(1 - 1e-4, 1.002);
      }
    }
  }

  @Test
  void sphereFromInsideAndFromOutside() {
    RowMap.Sphere map = new RowMap.Sphere(6, 2);
    Rows directions = gaussian(1, 40, 6);
    float[] values = directions.values();
    double[] radii = new double[40];
    for (int row = 0; row < 40; row++) {
      radii[row] = 0.1 + 0.1 * row;
      double norm = directions.norm(row);
      for (int i = row * 6; i < row * 6 + 6; i++) {
        values[i] *= (float) (radii[row] / norm);
      }
    }
    List<SearchResult> searches = search(map, new Rows(values, 6));

    for (int row = 0; row < 40; row++) {
      double exact = Math.abs(2 - radii[row]);
      if (exact > 0.05) {
        SearchResult.Found found = found(searches.get(row));
        assertThat(found.label()).isEqualTo(radii[row] < 2 ? 1 : 0);
        assertThat(found.distance() / exact).as("radius " + radii[row]).isBetween(1 - 1e-4, 1.05);
      }
    }
  }

  @Test
  void whatIsFoundHolds() {
    RowMap map = RowMap.Network.random(3, 12, 7);
    Rows start = gaussian(4, 50, 12);
    Rows logits = map.apply(start);
    List<SearchResult> searches = search(map, start);

    for (int row = 0; row < start.count(); row++) {
      SearchResult.Found found = found(searches.get(row));
      Rows point = new Rows(found.point(), 12);
      assertThat(map.apply(point).argMax(0))
          .isEqualTo(found.label())
          .isNotEqualTo(logits.argMax(row));
      assertThat(found.distance())
          .isCloseTo(point.distance(0, start, row), withinPercentage(1e-3))
          .isPositive();
    }
  }

  @Test
  void constantClassifier() {
    RowMap map = new RowMap.Affine(new double[5][3], new double[] {1, 2, 5, 4, 3});

    assertThat(search(map, gaussian(1, 3, 3))).hasOnlyElementsOfType(SearchResult.NotFound.class);
  }

  @Test
  void aClassThatIsNeverNearerDoesNotHideOthers() {
    // Class 1 follows class 0 at a fixed distance; only class 2 can win.
    RowMap.Affine map =
        new RowMap.Affine(new double[][] {{1, 0}, {1, 0}, {0, 1}}, new double[] {3, 2.9, 0});
    SearchResult.Found found = found(search(map, new Rows(new float[] {0, 0}, 2)).get(0));

    assertThat(found.label()).isEqualTo(2);
    assertThat(found.distance()).isBetween(3 / Math.sqrt(2), 3 / Math.sqrt(2) * 1.002);
  }

  @Test
  void logitsThatAreNotNumbersAtTheStart() {
    RowMap map = new RowMap.Bounded(RowMap.Affine.random(1, 3, 4), 10);
    Rows start = new Rows(new float[] {0, 0, 0, 100, 0, 0, 1, 0, 0}, 3);
    List<SearchResult> searches = search(map, start);

    assertThat(searches.get(1))
        .isInstanceOfSatisfying(
            SearchResult.Failed.class,
            failed -> assertThat(failed.reason()).contains("not finite"));
    assertThat(searches.get(1).gradients()).isZero();
    // The others do not notice.
    assertThat(outcomes(List.of(searches.get(0), searches.get(2))))
        .isEqualTo(outcomes(search(map, start.select(new int[] {0, 2}))));
  }

  @Test
  void logitsThatAreNotNumbersOnTheWay() {
    RowMap.Affine affine = RowMap.Affine.random(1, 3, 4);
    Rows start = new Rows(new float[3], 3);
    RowMap map = new RowMap.Bounded(affine, affine.distance(start.row(0)) / 10);

    assertThat(search(map, start).get(0))
        .isInstanceOfSatisfying(
            SearchResult.Failed.class,
            failed -> assertThat(failed.reason()).contains("not finite"));
  }

  @Test
  void gradientsThatAreNotNumbers() {
    RowMap map =
        new RowMap(2, 3) {
          @Override
          public double[] value(double[] x) {
            return new double[] {1, 2, 3};
          }

          @Override
          public double[] gradient(double[] x, double[] v) {
            return new double[] {Double.NaN, Double.POSITIVE_INFINITY};
          }
        };

    assertThat(search(map, Rows.zeros(2, 2))).noneMatch(SearchResult.Found.class::isInstance);
  }

  @Test
  void tieAtTheStart() {
    RowMap map =
        new RowMap.Affine(new double[][] {{1, 0}, {0, 1}, {0, 0}}, new double[] {0, 0, -5});

    assertTieOrNear(search(map, new Rows(new float[] {2, 2}, 2)).get(0));
  }

  @Test
  void tieAtTheOrigin() {
    RowMap map = new RowMap.Affine(new double[][] {{1, 0}, {0, 1}}, new double[2]);

    assertTieOrNear(search(map, Rows.zeros(1, 2)).get(0));
  }

  /** DeepFool, as published, does not look whether it starts on the boundary. */
  private void assertTieOrNear(SearchResult search) {
    if (algorithm.name.equals("DeepFool")) {
      assertThat(found(search).label()).isEqualTo(1);
      assertThat(found(search).distance()).isLessThan(0.01);
    } else {
      assertThat(search).isInstanceOf(SearchResult.Tie.class);
      assertThat(search.outcome().distanceIfKnown()).hasValue(0);
    }
  }

  @Test
  void aRowAloneAndAmongOthers() {
    RowMap map = RowMap.Network.random(8, 9, 6);
    Rows start = gaussian(9, 33, 9);
    List<SearchResult> together = search(map, start);

    for (int row = 0; row < start.count(); row++) {
      SearchResult alone = search(map, start.slice(row, row + 1)).get(0);
      assertThat(alone.outcome()).isEqualTo(together.get(row).outcome());
      assertThat(found(alone).point()).isEqualTo(found(together.get(row)).point());
    }
  }

  @Test
  void rowsInAnotherOrder() {
    RowMap map = RowMap.Network.random(8, 9, 6);
    Rows start = gaussian(10, 20, 9);
    int[] order = {7, 3, 19, 0, 12, 5, 1, 18, 2, 11, 4, 17, 6, 16, 8, 15, 9, 14, 10, 13};
    List<Outcome> straight = outcomes(search(map, start));

    assertThat(outcomes(search(map, start.select(order))))
        .isEqualTo(Arrays.stream(order).mapToObj(straight::get).toList());
  }

  @Test
  void theSameTwice() {
    RowMap map = RowMap.Network.random(8, 9, 6);
    Rows start = gaussian(10, 20, 9);

    assertThat(outcomes(search(map, start))).isEqualTo(outcomes(search(map, start)));
  }

  /** Every row the map is asked for is charged to a sample: finished samples cost nothing more. */
  @Test
  void whatIsSpentIsCharged() {
    RowMap map = RowMap.Network.random(11, 9, 6);
    Rows start = gaussian(12, 40, 9);
    List<SearchResult> searches = search(map, start);

    assertThat(searches.stream().mapToInt(SearchResult::forwards).sum()).isEqualTo(map.forwards());
    assertThat(searches.stream().mapToInt(SearchResult::gradients).sum())
        .isEqualTo(map.gradients());
    assertThat(searches.stream().mapToInt(SearchResult::gradients).distinct().count())
        .as("rows finish at different times")
        .isGreaterThan(1);
  }

  @Test
  void startIsNotChanged() {
    RowMap map = RowMap.Network.random(11, 9, 6);
    Rows start = gaussian(12, 5, 9);
    float[] before = start.values().clone();
    search(map, start);

    assertThat(start.values()).isEqualTo(before);
  }

  @Test
  void moreBisectionsNeverFindLonger() {
    RowMap map = RowMap.Network.random(13, 9, 6);
    Rows start = gaussian(14, 20, 9);
    List<Double> before = distances(search(map, start, 0));
    for (int bisections : new int[] {2, 5, 10, 20}) {
      List<Double> now = distances(search(map, start, bisections));
      for (int row = 0; row < start.count(); row++) {
        // The check at the end may nudge a point out by a ten-thousandth.
        assertThat(now.get(row)).isLessThanOrEqualTo(before.get(row) * (1 + 1e-3));
      }
      before = now;
    }
  }

  private static double[][] identity(int size) {
    return MatrixUtils.createRealIdentityMatrix(size).getData();
  }

  private void assertSameDistances(RowMap map, Rows start, RowMap other, Rows otherStart) {
    List<Double> expected = distances(search(map, start));
    List<Double> actual = distances(search(other, otherStart));
    for (int row = 0; row < start.count(); row++) {
      assertThat(actual.get(row)).isCloseTo(expected.get(row), within(1e-3 * expected.get(row)));
    }
  }

  @Test
  void shiftedLogits() {
    RowMap map = RowMap.Network.random(15, 9, 6);
    Rows start = gaussian(16, 20, 9);

    assertSameDistances(map, start, new RowMap.Changed(map, identity(9), 1, -3), start);
  }

  @Test
  void scaledLogits() {
    RowMap map = RowMap.Network.random(15, 9, 6);
    Rows start = gaussian(16, 20, 9);

    assertSameDistances(map, start, new RowMap.Changed(map, identity(9), 1000, 0), start);
    assertSameDistances(map, start, new RowMap.Changed(map, identity(9), 0.001, 0), start);
  }

  @Test
  void rotatedInput() {
    RowMap map = RowMap.Network.random(15, 9, 6);
    Rows start = gaussian(16, 20, 9);
    double[][] rotation =
        new QRDecomposition(
                MatrixUtils.createRealMatrix(RowMap.gaussian(new SplittableRandom(17), 9, 9)))
            .getQ()
            .getData();
    List<float[]> rotated = new ArrayList<>();
    for (int row = 0; row < start.count(); row++) {
      double[] x = RowMap.wide(start.row(row));
      // The map turns by the rotation, so the start turns back by its transpose.
      rotated.add(RowMap.narrow(MatrixUtils.createRealMatrix(rotation).transpose().operate(x)));
    }
    float[] values = new float[start.values().length];
    for (int row = 0; row < start.count(); row++) {
      System.arraycopy(rotated.get(row), 0, values, row * 9, 9);
    }

    assertSameDistances(map, start, new RowMap.Changed(map, rotation, 1, 0), new Rows(values, 9));
  }

  @Test
  void noRows() {
    assertThat(search(RowMap.Affine.random(1, 3, 4), Rows.zeros(0, 3))).isEmpty();
  }
}
