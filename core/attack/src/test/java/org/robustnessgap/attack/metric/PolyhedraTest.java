package org.robustnessgap.attack.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.robustnessgap.attack.map.RowMap;
import org.robustnessgap.attack.map.Vectors;

class PolyhedraTest {
  private static final int D = 10;

  private static float[] gaussian(SplittableRandom random) {
    return RowMap.narrow(RowMap.gaussian(random, 1, D)[0]);
  }

  /** Planes with a common point within the bounds. */
  private static List<Metric.Plane> planes(SplittableRandom random, int count) {
    float[] common = new float[D];
    for (int j = 0; j < D; j++) {
      common[j] = (float) random.nextDouble(-0.5, 0.5);
    }
    List<Metric.Plane> planes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] normal = gaussian(random);
      planes.add(new Metric.Plane(normal, Vectors.dot(normal, common) - random.nextDouble(0.1)));
    }
    return planes;
  }

  private static double clamped(double value) {
    return Math.max(-0.5, Math.min(0.5, value));
  }

  /** No point that alternating projections reach from random points is nearer to the origin. */
  @Test
  void nothingWithinBoundsAndBeyondAllPlanesIsNearer() {
    SplittableRandom random = new SplittableRandom(7);
    for (int trial = 0; trial < 40; trial++) {
      List<Metric.Plane> planes = planes(random, 1 + trial % 4);
      float[] nearest =
          Polyhedra.nearest(planes, (coordinate, value) -> clamped(value)).orElseThrow();

      planes.forEach(plane -> assertThat(plane.excess(nearest)).isGreaterThan(-1e-5));
      for (float value : nearest) {
        assertThat(Math.abs(value)).isLessThanOrEqualTo(0.5f);
      }
      for (int other = 0; other < 100; other++) {
        float[] feasible = feasible(Vectors.sum(nearest, gaussian(random), 0.1), planes);
        if (planes.stream().allMatch(plane -> plane.excess(feasible) >= 0)) {
          assertThat(Vectors.norm(feasible)).isGreaterThan(Vectors.norm(nearest) - 1e-5);
        }
      }
    }
  }

  private static float[] feasible(float[] from, List<Metric.Plane> planes) {
    float[] point = from;
    for (int round = 0; round < 200; round++) {
      for (Metric.Plane plane : planes) {
        double lack = 1e-7 - plane.excess(point);
        if (lack > 0) {
          double square = Vectors.dot(plane.normal(), plane.normal());
          point = Vectors.sum(point, plane.normal(), lack / square);
        }
      }
      for (int j = 0; j < D; j++) {
        point[j] = (float) clamped(point[j]);
      }
    }
    return point;
  }

  /** The first plane alone has its foot at (1, 1, 0); the bound leaves (½, 1½, 0). */
  @Test
  void aBoundMovesTheFoot() {
    Metric.Plane plane = new Metric.Plane(new float[] {1, 1, 0}, 2);
    Polyhedra.Bounds bounds = (coordinate, value) -> coordinate == 0 ? Math.min(value, 0.5) : value;

    assertThat(Polyhedra.nearest(List.of(plane), bounds).orElseThrow())
        .containsExactly(new float[] {0.5f, 1.5f, 0}, within(1e-6f));
  }

  @Test
  void withoutBoundsTheFootOfTwoPlanesIsTheirEdge() {
    List<Metric.Plane> planes =
        List.of(
            new Metric.Plane(new float[] {1, 0, 0}, 3), new Metric.Plane(new float[] {0, 2, 0}, 8));

    assertThat(Polyhedra.nearest(planes)).containsExactly(new float[] {3, 4, 0}, within(1e-6f));
  }
}
