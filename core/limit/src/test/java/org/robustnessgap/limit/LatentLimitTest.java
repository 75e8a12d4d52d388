package org.robustnessgap.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.apache.commons.math3.analysis.integration.IterativeLegendreGaussIntegrator;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.messages.InvalidInputException;

class LatentLimitTest {
  private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);
  private static final ClassMeasures TINY = ClassMeasures.of(1e-12, 1 - 1e-12);
  private static final ClassMeasures UNEVEN = ClassMeasures.of(0.5, 0.25, 0.125, 0.125);

  /** Half a unit in the tenth printed decimal. */
  private static final double PRINTED = 5e-11;

  @ParameterizedTest
  @CsvSource({
    "2, 0.3186393640, 0.03194369, 0.6744897502, 0.06744898",
    "5, 0.1948121559, 0.01952998, 0.4399303320, 0.04399303",
    "10, 0.1579799054, 0.01583753, 0.3633020614, 0.03633021",
    "100, 0.1060311845, 0.01062966, 0.2494814295, 0.02494814",
    "1000, 0.0844512213, 0.00846626, 0.2002944253, 0.02002944"
  })
  void goldenQuantilesOfEquiprobableClasses(
      int classes, double quarter, double quarterNormalised, double half, double halfBySqrt) {
    LatentLimit limit = new LatentLimit(ClassMeasures.equiprobable(classes));
    double atQuarter = limit.quantile(0.25).orElseThrow();
    double atHalf = limit.quantile(0.5).orElseThrow();
    assertThat(atQuarter).isCloseTo(quarter, within(PRINTED));
    assertThat(atQuarter / LatentNorm.mean(100)).isCloseTo(quarterNormalised, within(5e-9));
    assertThat(atHalf).isCloseTo(half, within(PRINTED));
    assertThat(atHalf / Math.sqrt(100)).isCloseTo(halfBySqrt, within(5e-9));
  }

  @ParameterizedTest
  @CsvSource({
    "2, 0.79788456080286536",
    "5, 0.55818836846612737",
    "10, 0.4734317537802676",
    "100, 0.33886634630496371",
    "1000, 0.27685777089617689"
  })
  void goldenExpectationOfEquiprobableClasses(int classes, double expectation) {
    assertThat(new LatentLimit(ClassMeasures.equiprobable(classes)).expectation())
        .isCloseTo(expectation, Percentage.withPercentage(1e-11));
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-12, 1e-3, 0.1, 0.5, 1, 3, 8})
  void isAnEqualityForHalfSpaces(double t) {
    LatentLimit limit = new LatentLimit(ClassMeasures.equiprobable(2));
    // P(|z₁| ≤ t) = 2(Φ(t) − ½), written without cancellation.
    assertThat(limit.probability(t))
        .isCloseTo(2 * NORMAL.probability(0, t), Percentage.withPercentage(1e-13));
  }

  /** An unequal half-space {z₁ ≥ c}: robustness is |z₁ − c|. */
  @ParameterizedTest
  @ValueSource(doubles = {-2, 0.3, 1.5, 4})
  void isAnEqualityForUnequalHalfSpaces(double c) {
    LatentLimit limit =
        new LatentLimit(
            ClassMeasures.of(NORMAL.survivalProbability(c), NORMAL.cumulativeProbability(c)));
    for (double t : new double[] {0.01, 0.5, 2, 6}) {
      assertThat(limit.probability(t))
          .isCloseTo(NORMAL.probability(c - t, c + t), Percentage.withPercentage(1e-10));
    }
  }

  /** Expected values: 60-digit arithmetic with the measures as they are in double precision. */
  @ParameterizedTest
  @CsvSource({
    "0.1, 1.5527800537546504e-12",
    "1, 7.9735754059573304e-10",
    "5, 0.020951418891833168",
    "10, 0.99848912272461093"
  })
  void keepsItsDigitsForARareClass(double t, double expected) {
    assertThat(new LatentLimit(TINY).probability(t))
        .isCloseTo(expected, Percentage.withPercentage(1e-11));
  }

  @ParameterizedTest
  @CsvSource({
    "7, 2.55962508777167e-12, 1.288479338312883e-12, 0.51375432989122728",
    "20, 5.5072482372124674e-89, 2.7536270581332745e-89, 9.5967003213908971e-39",
    "37, 1.1451142445049154e-299, 5.7255712225895734e-300, 1.3813857095861348e-197"
  })
  void keepsItsDigitsInTheTail(double t, double halves, double uneven, double tiny) {
    Percentage accuracy = Percentage.withPercentage(1e-9);
    assertThat(new LatentLimit(ClassMeasures.equiprobable(2)).exceedance(t))
        .isCloseTo(halves, accuracy);
    assertThat(new LatentLimit(UNEVEN).exceedance(t)).isCloseTo(uneven, accuracy);
    assertThat(new LatentLimit(TINY).exceedance(t)).isCloseTo(tiny, accuracy);
  }

  @ParameterizedTest
  @CsvSource({
    "0.05, 0.044930557035017192, 5.3896301983496592",
    "0.25, 0.23980889196751536, 6.3599940751050502",
    "0.5, 0.53703275281485956, 7.0344838253011319",
    "0.99, 2.3869506561287793, 9.3608316993419727"
  })
  void invertsToFullPrecision(double p, double uneven, double tiny) {
    Percentage accuracy = Percentage.withPercentage(1e-11);
    assertThat(new LatentLimit(UNEVEN).quantile(p).orElseThrow()).isCloseTo(uneven, accuracy);
    assertThat(new LatentLimit(TINY).quantile(p).orElseThrow()).isCloseTo(tiny, accuracy);
  }

  @Test
  void expectationIsTheIntegralOfWhatTheLimitLeaves() {
    Random random = new Random(1);
    for (int classes : new int[] {2, 3, 10, 200}) {
      LatentLimit limit = new LatentLimit(ClassMeasures.of(randomMeasures(random, classes)));
      double integral =
          new IterativeLegendreGaussIntegrator(20, 1e-12, 1e-12)
              .integrate(1_000_000, limit::exceedance, 0, 50);
      assertThat(limit.expectation()).isCloseTo(integral, within(1e-10));
    }
  }

  @Test
  void growsFromZeroToOneAndAgreesWithItsComplementAndInverse() {
    Random random = new Random(2);
    for (int round = 0; round < 50; round++) {
      LatentLimit limit =
          new LatentLimit(ClassMeasures.of(randomMeasures(random, 2 + random.nextInt(30))));
      assertThat(limit.probability(0)).isZero();
      assertThat(limit.probability(100)).isCloseTo(1, within(1e-14));
      double previous = 0;
      for (double t = 0.01; t < 10; t *= 1.3) {
        double probability = limit.probability(t);
        assertThat(probability).isGreaterThanOrEqualTo(previous);
        assertThat(probability + limit.exceedance(t)).isCloseTo(1, within(1e-14));
        if (limit.exceedance(t) > 1e-6) {
          assertThat(probability).isGreaterThan(previous);
          assertThat(limit.quantile(probability).orElseThrow())
              .isCloseTo(t, Percentage.withPercentage(1e-6));
        }
        previous = probability;
      }
    }
  }

  @Test
  void evenerClassesHaveLowerQuantileLimits() {
    double even = new LatentLimit(ClassMeasures.equiprobable(4)).quantile(0.25).orElseThrow();
    double uneven = new LatentLimit(UNEVEN).quantile(0.25).orElseThrow();
    double single = new LatentLimit(TINY).quantile(0.25).orElseThrow();
    assertThat(even).isLessThan(uneven);
    assertThat(uneven).isLessThan(single);
  }

  @Test
  void aSingleClassHasNoLimit() {
    for (ClassMeasures single :
        new ClassMeasures[] {ClassMeasures.of(0, 1, 0), ClassMeasures.equiprobable(1)}) {
      LatentLimit limit = new LatentLimit(single);
      assertThat(limit.quantile(1e-9)).isEmpty();
      assertThat(limit.probability(38)).isZero();
      assertThat(limit.exceedance(38)).isOne();
      assertThat(limit.expectation()).isInfinite();
    }
  }

  @Test
  void neverReachedClassesChangeNothing() {
    LatentLimit with = new LatentLimit(ClassMeasures.of(0, 0.3, 0, 0.7));
    LatentLimit without = new LatentLimit(ClassMeasures.of(0.7, 0.3));
    assertThat(with.probability(0.4)).isEqualTo(without.probability(0.4));
    assertThat(with.quantile(0.25)).isEqualTo(without.quantile(0.25));
  }

  @Test
  void manyClassesAgreeHoweverTheyAreGiven() {
    double[] list = new double[100_000];
    Arrays.fill(list, 1e-5);
    double given = new LatentLimit(ClassMeasures.of(list)).quantile(0.25).orElseThrow();
    double counted =
        new LatentLimit(ClassMeasures.equiprobable(100_000)).quantile(0.25).orElseThrow();
    assertThat(given).isCloseTo(counted, Percentage.withPercentage(1e-9));
    assertThat(counted).isBetween(0.05, 0.0844512213);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1, -0.1, Double.NaN})
  void refusesQuantilesThatAreNone(double p) {
    LatentLimit limit = new LatentLimit(UNEVEN);
    assertThatThrownBy(() -> limit.quantile(p))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("strictly between 0 and 1");
  }

  static double[] randomMeasures(Random random, int classes) {
    double[] measures = random.doubles(classes).map(u -> -Math.log(1 - u)).toArray();
    double sum = Arrays.stream(measures).sum();
    return Arrays.stream(measures).map(m -> m / sum).toArray();
  }
}
