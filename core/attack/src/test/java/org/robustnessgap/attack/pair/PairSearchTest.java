package org.robustnessgap.attack.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoublePredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.attack.map.RowMap;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.search.SearchResult;
import org.robustnessgap.messages.Effort;

/** The smallest perturbation that fools two classifiers, where it is known. */
class PairSearchTest {
  private static final int RAYS = 500;
  private static final double STEP = 0.02;
  private static final double FAR = 3;

  /** Logits (0, w·x − offset): one half-space of unit normal w. */
  private static RowMap halfSpace(double offset, double... normal) {
    double[][] weights = {new double[normal.length], normal};
    return new RowMap.Affine(weights, new double[] {0, -offset});
  }

  private static PairSearch fromOrigin(RowMap first, RowMap second) {
    return PairSearch.of(first, second, Rows.zeros(1, first.inputSize()), Effort.STANDARD).get(0);
  }

  private static double distance(SearchResult search) {
    return search.found().orElseThrow().distance();
  }

  /**
   * Two planes at distances p and q from the origin, an angle apart. Where neither foot lies beyond
   * the other plane the nearest common point is their edge, at √(p² + q² − 2pq cos)/sin.
   */
  @ParameterizedTest
  @ValueSource(ints = {5, 20, 45, 60, 90, 120, 150, 170})
  void twoHalfSpacesAtAnAngle(int degrees) {
    double angle = Math.toRadians(degrees);
    double p = 1;
    double q = 1.3;
    // The plane of the two normals lies askew in more dimensions.
    double[] u = {0.6, 0, 0.8, 0, 0};
    double[] v = {0, 1, 0, 0, 0};
    double[] w = new double[5];
    Arrays.setAll(w, i -> Math.cos(angle) * u[i] + Math.sin(angle) * v[i]);
    double edge = Math.sqrt(p * p + q * q - 2 * p * q * Math.cos(angle)) / Math.sin(angle);
    double expected = q * Math.cos(angle) >= p ? q : edge;

    PairSearch found = fromOrigin(halfSpace(p, u), halfSpace(q, w));

    assertThat(distance(found.both()) / expected).isBetween(1 - 1e-5, 1 + 1e-5);
    assertThat(distance(found.first().search())).isCloseTo(p, within(1e-4));
    assertThat(distance(found.second().search())).isCloseTo(q, within(1e-4));
    assertThat(found.first().foolsOther()).isFalse();
    assertThat(found.second().foolsOther()).isEqualTo(q * Math.cos(angle) >= p);
  }

  @Test
  void oppositeHalfSpacesShareNothing() {
    PairSearch found = fromOrigin(halfSpace(1, 1, 0), halfSpace(1, -1, 0));

    assertThat(found.both()).isInstanceOf(SearchResult.NotFound.class);
    assertThat(distance(found.first().search())).isCloseTo(1, within(1e-4));
    assertThat(found.first().foolsOther()).isFalse();
  }

  @Test
  void aClassifierSharesEverythingWithItself() {
    RowMap map = RowMap.Network.random(3, 6, 5);
    Rows start = starts(4, 10, 6);
    for (PairSearch found : PairSearch.of(map, map, start, Effort.STANDARD)) {
      assertThat(distance(found.both())).isEqualTo(distance(found.first().search()));
      assertThat(found.first().foolsOther()).isTrue();
      assertThat(found.second().foolsOther()).isTrue();
    }
  }

  /** Where both classifiers are tied nothing is needed to leave the labels. */
  @Test
  void ties() {
    PairSearch both = fromOrigin(halfSpace(0, 1, 0), halfSpace(0, 0, 1));
    PairSearch one = fromOrigin(halfSpace(0, 1, 0), halfSpace(2, 0, 1));

    assertThat(both.both()).isInstanceOf(SearchResult.Tie.class);
    assertThat(one.first().search()).isInstanceOf(SearchResult.Tie.class);
    assertThat(distance(one.both())).isCloseTo(2, within(1e-3));
  }

  @Test
  void whereOneClassifierFailsOnlyTheOtherHasAnAnswer() {
    RowMap broken = new RowMap.Bounded(RowMap.Affine.random(1, 3, 4), 1e-3);
    Rows start = starts(2, 1, 3);
    PairSearch found =
        PairSearch.of(broken, RowMap.Affine.random(5, 3, 4), start, Effort.STANDARD).get(0);

    assertThat(found.both()).isInstanceOf(SearchResult.Failed.class);
    assertThat(found.first().search()).isInstanceOf(SearchResult.Failed.class);
    assertThat(found.second().search()).isInstanceOf(SearchResult.Found.class);
    assertThat(found.second().foolsOther()).isFalse();
  }

  /** Curved boundaries in the plane, against the crossings along many rays from the samples. */
  @Test
  void bruteForceInThePlane() {
    RowMap first = RowMap.Network.random(21, 2, 4);
    RowMap second = RowMap.Network.random(22, 2, 4);
    Rows start = starts(23, 20, 2);
    List<PairSearch> found = PairSearch.of(first, second, start, Effort.STANDARD);
    int compared = 0;
    int near = 0;
    for (int i = 0; i < start.count(); i++) {
      double exact = bruteForce(first, second, start.row(i));
      if (Double.isFinite(exact)) {
        double ours = distance(found.get(i).both());
        assertThat(ours).as("sample %d", i).isGreaterThan(exact * 0.99);
        near += ours < exact * 1.01 ? 1 : 0;
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(10);
    // What is found is a local minimum; now and then another one is nearer.
    assertThat(near).isGreaterThanOrEqualTo(compared * 9 / 10);
  }

  /** The nearest of the first common crossings along rays. */
  private static double bruteForce(RowMap first, RowMap second, float[] x) {
    int label = RowMap.argMax(first.value(RowMap.wide(x)));
    int other = RowMap.argMax(second.value(RowMap.wide(x)));
    double nearest = Double.POSITIVE_INFINITY;
    for (int ray = 0; ray < RAYS; ray++) {
      double angle = 2 * Math.PI * ray / RAYS;
      DoublePredicate crossed =
          r -> {
            double[] at = {x[0] + r * Math.cos(angle), x[1] + r * Math.sin(angle)};
            return RowMap.argMax(first.value(at)) != label
                && RowMap.argMax(second.value(at)) != other;
          };
      double r = 0;
      while (r < Math.min(nearest, FAR) && !crossed.test(r)) {
        r += STEP;
      }
      if (crossed.test(r)) {
        nearest = Math.min(nearest, crossing(crossed, r - STEP, r));
      }
    }
    return nearest;
  }

  private static double crossing(DoublePredicate crossed, double from, double to) {
    double inside = from;
    double outside = to;
    for (int halving = 0; halving < 20; halving++) {
      double middle = (inside + outside) / 2;
      if (crossed.test(middle)) {
        outside = middle;
      } else {
        inside = middle;
      }
    }
    return outside;
  }

  @ParameterizedTest
  @EnumSource
  void theCommonOneIsNoShorterThanEitherAndNoLongerThanOneThatTransfers(Effort effort) {
    RowMap first = RowMap.Network.random(31, 8, 6);
    RowMap second = RowMap.Network.random(32, 8, 6);
    int transferred = 0;
    for (PairSearch found : PairSearch.of(first, second, starts(33, 40, 8), effort)) {
      double both = distance(found.both());
      for (PairSearch.OwnPerturbation own : List.of(found.first(), found.second())) {
        assertThat(both).isGreaterThanOrEqualTo(distance(own.search()));
        if (own.foolsOther()) {
          assertThat(both).isEqualTo(distance(own.search()));
          transferred++;
        }
      }
    }
    assertThat(transferred).isBetween(1, 79);
  }

  /** The thorough search begins with the standard one and ends nearer on some samples. */
  @Test
  void thoroughIsNeverLongerThanStandard() {
    RowMap first = RowMap.Network.random(51, 8, 6);
    RowMap second = RowMap.Network.random(52, 8, 6);
    Rows start = starts(53, 40, 8);
    List<PairSearch> standard = PairSearch.of(first, second, start, Effort.STANDARD);
    List<PairSearch> thorough = PairSearch.of(first, second, start, Effort.THOROUGH);
    int nearer = 0;
    for (int i = 0; i < start.count(); i++) {
      double before = distance(standard.get(i).both());
      double after = distance(thorough.get(i).both());
      assertThat(after).as("sample %d", i).isLessThanOrEqualTo(before * (1 + 1e-6));
      nearer += after < before * 0.99 ? 1 : 0;
    }
    assertThat(nearer).isPositive();
  }

  /** Every sample's search leaves its own labels, wherever it stands in the batch. */
  @ParameterizedTest
  @EnumSource
  void theBatchDoesNotMatter(Effort effort) {
    RowMap first = RowMap.Network.random(41, 8, 6);
    RowMap second = RowMap.Network.random(42, 8, 6);
    Rows start = starts(43, 12, 8);
    List<PairSearch> together = PairSearch.of(first, second, start, effort);
    for (int i = 0; i < start.count(); i++) {
      PairSearch alone = PairSearch.of(first, second, start.slice(i, i + 1), effort).get(0);
      assertThat(distance(together.get(i).both()))
          .isCloseTo(distance(alone.both()), within(1e-3 * distance(alone.both())));
    }
  }

  private static Rows starts(int seed, int count, int width) {
    return new Rows(
        RowMap.narrow(RowMap.gaussian(new SplittableRandom(seed), 1, count * width)[0]), width);
  }
}
