package org.robustnessgap.attack.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.robustnessgap.attack.map.RowMap;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.map.Vectors;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.PixelRange;

class NormMetricTest {
  private static final int D = 12;

  private static float[] gaussian(SplittableRandom random) {
    return RowMap.narrow(RowMap.gaussian(random, 1, D)[0]);
  }

  private static double length(Norm norm, float[] vector) {
    double largest = 0;
    for (float value : vector) {
      largest = Math.max(largest, Math.abs(value));
    }
    return norm == Norm.L2 ? Vectors.norm(vector) : largest;
  }

  /** |c| / ‖n‖₂ and |c| / ‖n‖₁: the dual norms. */
  @ParameterizedTest
  @EnumSource
  void distanceOfAPlane(Norm norm) {
    SplittableRandom random = new SplittableRandom(1);
    for (int trial = 0; trial < 50; trial++) {
      float[] normal = gaussian(random);
      double offset = random.nextDouble(-2, 2);
      Metric metric = new NormMetric(norm, Rows.zeros(1, D), null);
      Metric.Nearest nearest =
          metric.nearest(
              Metric.Place.origin(0, normal), List.of(new Metric.Plane(normal, offset)), 1);
      double dual = 0;
      for (float n : normal) {
        dual += norm == Norm.L2 ? (double) n * n : Math.abs(n);
      }
      double expected = Math.abs(offset) / (norm == Norm.L2 ? Math.sqrt(dual) : dual);

      assertThat(nearest.length()).isCloseTo(expected, within(1e-6));
      assertThat(length(norm, nearest.perturbation())).isCloseTo(expected, within(1e-6));
      assertThat(Vectors.dot(normal, nearest.perturbation())).isCloseTo(offset, within(1e-5));
    }
  }

  /**
   * Within bounds the nearest point lies on the plane and in the range, and no random feasible
   * direction along the plane leads to a shorter one.
   */
  @ParameterizedTest
  @EnumSource
  void nearestPointOfAPlaneWithinBounds(Norm norm) {
    SplittableRandom random = new SplittableRandom(2);
    PixelRange range = new PixelRange(-1, 1);
    int reachable = 0;
    for (int trial = 0; trial < 50; trial++) {
      float[] start = new float[D];
      for (int i = 0; i < D; i++) {
        start[i] = (float) random.nextDouble(-1, 1);
      }
      float[] normal = gaussian(random);
      double offset = random.nextDouble(0, 8);
      Metric metric = new NormMetric(norm, new Rows(start, D), range);
      Metric.Nearest nearest =
          metric.nearest(
              Metric.Place.origin(0, normal), List.of(new Metric.Plane(normal, offset)), 1);
      double most = 0;
      for (int i = 0; i < D; i++) {
        most += normal[i] > 0 ? normal[i] * (1 - start[i]) : normal[i] * (-1 - start[i]);
      }
      if (most < offset) {
        assertThat(nearest.length()).isInfinite();
        continue;
      }
      reachable++;
      assertThat(Vectors.dot(normal, nearest.perturbation())).isCloseTo(offset, within(1e-4));
      assertThat(metric.allowed(0, nearest.perturbation())).isEqualTo(nearest.perturbation());
      for (int other = 0; other < 200; other++) {
        float[] moved = Vectors.sum(nearest.perturbation(), gaussian(random), 0.05);
        double missing = offset - Vectors.dot(normal, moved);
        float[] back = Vectors.sum(moved, normal, missing / Vectors.dot(normal, normal));
        float[] allowed = metric.allowed(0, back);
        if (Vectors.dot(normal, allowed) >= offset) {
          assertThat(length(norm, allowed)).isGreaterThan(nearest.length() - 1e-4);
        }
      }
    }
    assertThat(reachable).isBetween(10, 49);
  }

  @Test
  void aSampleBeyondTheBoundsMayStayOrComeBack() {
    Metric metric = new NormMetric(Norm.L2, new Rows(new float[] {2, 0}, 2), new PixelRange(-1, 1));

    assertThat(metric.allowed(0, new float[] {0.5f, 0})).containsExactly(0, 0);
    assertThat(metric.allowed(0, new float[] {-0.5f, 3})).containsExactly(-0.5f, 1);
  }

  /** Two planes that meet: their edge, unless one of the feet lies beyond the other already. */
  @Test
  void nearestPointBeyondTwoPlanes() {
    Metric metric = NormMetric.euclidean(Rows.zeros(1, 2));
    List<Metric.Plane> edge =
        List.of(
            new Metric.Plane(new float[] {1, 0.5f}, 1),
            new Metric.Plane(new float[] {1, -0.5f}, 1));
    List<Metric.Plane> one =
        List.of(
            new Metric.Plane(new float[] {1, 0}, 2), new Metric.Plane(new float[] {1, 0.1f}, 1));

    assertThat(metric.nearest(Metric.Place.origin(0, new float[2]), edge, 1).perturbation())
        .usingComparatorWithPrecision(1e-5f)
        .containsExactly(1, 0);
    assertThat(metric.nearest(Metric.Place.origin(0, new float[2]), one, 1).perturbation())
        .usingComparatorWithPrecision(1e-5f)
        .containsExactly(2, 0);
  }

  @ParameterizedTest
  @EnumSource
  void residualOfTheFootIsZeroAndElsewhereTheCosine(Norm norm) {
    float[] normal = {3, 4, 0};
    Metric metric = new NormMetric(norm, Rows.zeros(1, 3), null);
    float[] foot =
        metric
            .nearest(Metric.Place.origin(0, normal), List.of(new Metric.Plane(normal, 2)), 1)
            .perturbation();
    float[] aslant = {2, 0, 0};

    assertThat(metric.kktResidual(place(norm, foot, normal))).isCloseTo(0, within(1e-6));
    assertThat(metric.kktResidual(place(norm, aslant, normal)))
        .isCloseTo(norm == Norm.L2 ? 1 - 3 / 5.0 : 1 - 3 / 7.0, within(1e-6));
    assertThat(metric.kktResidual(place(norm, new float[] {0, -1, 0}, normal))).isGreaterThan(1);
  }

  private static Metric.Place place(Norm norm, float[] perturbation, float[] normal) {
    return new Metric.Place(0, perturbation, length(norm, perturbation), perturbation, normal);
  }
}
