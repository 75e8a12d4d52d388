package org.robustnessgap.distance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.robustnessgap.messages.InvalidInputException;

class WassersteinTest {
  private static final double[] SHIFT = {3, 0, -4, 0, 12};
  private static final double LENGTH = 13;

  private static float[][] gaussian(int seed, int count, int dimension) {
    SplittableRandom random = new SplittableRandom(seed);
    float[][] points = new float[count][dimension];
    for (float[] point : points) {
      for (int k = 0; k < dimension; k++) {
        point[k] = (float) random.nextGaussian();
      }
    }
    return points;
  }

  private static float[][] shifted(float[][] points) {
    float[][] shifted = new float[points.length][];
    for (int i = 0; i < points.length; i++) {
      shifted[i] = points[i].clone();
      for (int k = 0; k < shifted[i].length; k++) {
        shifted[i][k] += (float) SHIFT[k];
      }
    }
    return shifted;
  }

  private static float[][] reversed(float[][] points) {
    float[][] reversed = points.clone();
    for (int i = 0; i < points.length; i++) {
      reversed[i] = points[points.length - 1 - i];
    }
    return reversed;
  }

  /** No transport is shorter than the way between the means, and moving every point achieves it. */
  @Test
  void aTranslationCostsItsLength() {
    float[][] points = gaussian(1, 60, SHIFT.length);
    float[][] moved = shifted(points);

    assertThat(Wasserstein.ofSamples(points, reversed(moved))).isCloseTo(LENGTH, within(1e-5));
    SlicedWasserstein sliced = SlicedWasserstein.of(points, moved, 16, 0);
    assertThat(sliced.betweenMeans()).isCloseTo(LENGTH, within(1e-5));
    assertThat(sliced.mean()).isPositive().isLessThan(LENGTH);
  }

  @Test
  void aSampleIsAtDistanceZeroFromItself() {
    float[][] points = gaussian(2, 40, 3);
    assertThat(Wasserstein.ofSamples(points, reversed(points))).isZero();
    assertThat(SlicedWasserstein.of(points, points, 4, 0)).isEqualTo(new SlicedWasserstein(0, 0));
  }

  /** In one dimension W₁ is the mean distance of the order statistics, in every direction. */
  @Test
  void onALineSortingIsOptimal() {
    float[][] a = gaussian(3, 80, 1);
    float[][] b = gaussian(4, 80, 1);
    for (float[] point : b) {
      point[0] = 2 * point[0] + 1;
    }
    double[] ofA = Arrays.stream(a).mapToDouble(point -> point[0]).sorted().toArray();
    double[] ofB = Arrays.stream(b).mapToDouble(point -> point[0]).sorted().toArray();
    double sum = 0;
    for (int i = 0; i < ofA.length; i++) {
      sum += Math.abs(ofA[i] - ofB[i]);
    }
    double exact = sum / ofA.length;

    assertThat(Wasserstein.ofSamples(a, b)).isCloseTo(exact, within(1e-6));
    assertThat(SlicedWasserstein.of(a, b, 3, 0).mean()).isCloseTo(exact, within(1e-6));
  }

  /**
   * N(0, I) and N(shift, I) are as far apart as their means. Both slices are below the assignment
   * of the same samples, whose mean over repetitions is not below the truth.
   */
  @Test
  void gaussiansAreBracketedByTheirSlicesAndTheirSamples() {
    double ofSamples = 0;
    double betweenMeans = 0;
    int repetitions = 20;
    for (int seed = 0; seed < repetitions; seed++) {
      float[][] a = gaussian(100 + seed, 50, SHIFT.length);
      float[][] b = shifted(gaussian(200 + seed, 50, SHIFT.length));
      double assigned = Wasserstein.ofSamples(a, b);
      SlicedWasserstein sliced = SlicedWasserstein.of(a, b, 8, seed);
      assertThat(sliced.mean()).isLessThan(assigned);
      ofSamples += assigned / repetitions;
      betweenMeans += sliced.betweenMeans() / repetitions;
    }
    assertThat(ofSamples).isBetween(LENGTH, LENGTH + 1);
    assertThat(betweenMeans).isCloseTo(LENGTH, within(0.5));
  }

  /**
   * Two fair coins on {0, 1}: W₁ is 0, that of the samples the difference of their counts over n.
   */
  @Test
  void theUpperLimitCoversAtLeastAsOftenAsItClaims() {
    SplittableRandom random = new SplittableRandom(5);
    int n = 50;
    int missed = 0;
    double bias = 0.1;
    int repetitions = 2000;
    for (int i = 0; i < repetitions; i++) {
      int a = 0;
      int b = 0;
      for (int k = 0; k < n; k++) {
        a += random.nextDouble() < 0.5 + bias ? 1 : 0;
        b += random.nextDouble() < 0.5 ? 1 : 0;
      }
      double ofSamples = Math.abs(a - b) / (double) n;
      missed += Wasserstein.upper(ofSamples, n, 1, 0.05) < bias ? 1 : 0;
    }
    assertThat(missed / (double) repetitions).isLessThan(0.05);
  }

  @Test
  void directionsAreDeterminedByTheSeed() {
    float[][] a = gaussian(6, 10, 4);
    float[][] b = gaussian(7, 10, 4);
    assertThat(SlicedWasserstein.of(a, b, 5, 9)).isEqualTo(SlicedWasserstein.of(a, b, 5, 9));
    assertThat(SlicedWasserstein.of(a, b, 5, 9).mean())
        .isNotEqualTo(SlicedWasserstein.of(a, b, 5, 10).mean());
  }

  @Test
  void samplesThatDoNotMatchAreRefused() {
    assertThatThrownBy(() -> Wasserstein.ofSamples(gaussian(1, 3, 2), gaussian(1, 4, 2)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("3 points cannot be compared with 4");
    assertThatThrownBy(() -> Wasserstein.ofSamples(gaussian(1, 3, 2), gaussian(1, 3, 5)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("2 values cannot be compared with points of 5");
    int many = Wasserstein.MOST_POINTS + 1;
    assertThatThrownBy(() -> Wasserstein.ofSamples(gaussian(1, many, 1), gaussian(1, many, 1)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("too many");
    assertThatThrownBy(() -> SlicedWasserstein.of(gaussian(1, 2, 2), gaussian(1, 2, 2), 0, 0))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("one direction");
  }

  @Test
  void pointsWithoutDistanceAreRefused() {
    float[][] points = {{0, 1}, {2, Float.NaN}};
    assertThatThrownBy(() -> Wasserstein.ofSamples(new float[][] {{0, 0}, {1, 1}}, points))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("Point 1 holds NaN");
  }
}
