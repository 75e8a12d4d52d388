package org.robustnessgap.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleBinaryOperator;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** (L1), (L4), (L6) against 2,400-bit arithmetic: rare classes, long distances, many classes. */
class TailAccuracyTest {
  private static final MathContext DIGITS = new MathContext(400);
  private static final BigDecimal TWO = BigDecimal.valueOf(2);
  private static final Percentage ONE_IN_10_12 = Percentage.withPercentage(1e-10);
  private static final Percentage ONE_IN_10_11 = Percentage.withPercentage(1e-9);
  private static final double[] DISTANCES = {1e-9, 1e-4, 0.158, 1, 7, 38};

  /** Two classes each, the rarer of this measure. */
  @ParameterizedTest
  @ValueSource(doubles = {1e-12, 1e-9, 1e-3, 0.25, 0.5})
  void limitItsComplementAndItsMeanKeepTheirDigits(double rarer) {
    ClassMeasures measures = ClassMeasures.of(rarer, 1 - rarer);
    LatentLimit limit = new LatentLimit(measures);
    BigDecimal m = new BigDecimal(measures.measure(0));
    BigDecimal a = PreciseNormal.inverseTail(m);
    for (double t : DISTANCES) {
      BigDecimal left =
          PreciseNormal.tail(a.add(new BigDecimal(t)))
              .add(PreciseNormal.tail(new BigDecimal(t).subtract(a)));
      double reached = BigDecimal.ONE.subtract(left).doubleValue();
      assertThat(limit.probability(t))
          .as("L(%s)", t)
          .isCloseTo(reached, Percentage.withPercentage(1e-10));
      assertThat(limit.exceedance(t))
          .as("1 − L(%s)", t)
          .isCloseTo(left.doubleValue(), Percentage.withPercentage(1e-9));
    }
    // φ(a) − a Q(a) for both classes: the offsets are a and −a.
    BigDecimal mean =
        TWO.multiply(PreciseNormal.density(a))
            .add(a.multiply(BigDecimal.ONE.subtract(TWO.multiply(m))), DIGITS);
    assertThat(limit.expectation()).isCloseTo(mean.doubleValue(), Percentage.withPercentage(1e-11));
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-300, 1e-12, 1e-3, 0.05, 0.25, 0.5, 0.999, 1 - 1e-12})
  void quantilesInvertTheLimitToItsEnds(double p) {
    LatentLimit limit = new LatentLimit(ClassMeasures.of(1e-12, 0.2, 0.3, 0.5 - 1e-12));
    double t = limit.quantile(p).orElseThrow();
    if (p <= 0.5) {
      assertThat(limit.probability(t)).isCloseTo(p, Percentage.withPercentage(1e-10));
    } else {
      assertThat(limit.exceedance(t)).isCloseTo(1 - p, Percentage.withPercentage(1e-10));
    }
  }

  @Test
  void quantilesAscend() {
    Random random = new Random(11);
    LatentLimit limit = new LatentLimit(ClassMeasures.of(1e-12, 0.2, 0.3, 0.5 - 1e-12));
    double[] p = random.doubles(2_000, 1e-12, 1).sorted().toArray();
    double[] t = Arrays.stream(p).map(each -> limit.quantile(each).orElseThrow()).toArray();
    assertThat(t).isSorted();
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-12, 0.035, 0.5, 0.99})
  void riskNearAnErrorSetKeepsItsDigits(double risk) {
    BigDecimal start = PreciseNormal.inverseTail(new BigDecimal(risk)).negate();
    RiskLimit limit = new RiskLimit(risk);
    for (double t : DISTANCES) {
      BigDecimal left = PreciseNormal.tail(start.add(new BigDecimal(t)));
      assertThat(limit.exceedance(t))
          .isCloseTo(left.doubleValue(), Percentage.withPercentage(1e-9));
      assertThat(limit.probability(t))
          .isCloseTo(BigDecimal.ONE.subtract(left).doubleValue(), Percentage.withPercentage(1e-10));
    }
  }

  /** The measures of 10⁵ classes that are all different, as a power law gives them. */
  @ParameterizedTest
  @ValueSource(doubles = {0.5, 1, 2})
  void aHundredThousandDifferentClassesSumWithoutLoss(double power) {
    double[] measures = new double[100_000];
    for (int i = 0; i < measures.length; i++) {
      measures[i] = Math.pow(i + 10.0, -power);
    }
    double sum = Arrays.stream(measures).sum();
    ClassMeasures classes = ClassMeasures.of(Arrays.stream(measures).map(m -> m / sum).toArray());
    assertThat(classes.groups()).isEqualTo(100_000);
    LatentLimit limit = new LatentLimit(classes);
    for (double t : DISTANCES) {
      assertThat(limit.probability(t))
          .as("L(%s)", t)
          .isCloseTo(sum(classes, (m, a) -> Gaussian.nearComplement(a, t)), ONE_IN_10_12);
      assertThat(limit.exceedance(t))
          .as("1 − L(%s)", t)
          .isCloseTo(
              sum(classes, (m, a) -> Gaussian.NORMAL.survivalProbability(a + t)), ONE_IN_10_11);
    }
    assertThat(limit.expectation())
        .isCloseTo(sum(classes, (m, a) -> Gaussian.NORMAL.density(a) - a * m), ONE_IN_10_12);
    double t = limit.quantile(0.25).orElseThrow();
    assertThat(limit.probability(t)).isCloseTo(0.25, ONE_IN_10_12);
  }

  /** Σ_i F(m_i, a_i), one class after the other. */
  private static double sum(ClassMeasures classes, DoubleBinaryOperator function) {
    double sum = 0;
    for (int i = 0; i < classes.groups(); i++) {
      double m = classes.measure(i);
      double a = Gaussian.offset(m, classes.complement(i));
      sum += classes.multiplicity(i) * function.applyAsDouble(m, a);
    }
    return sum;
  }
}
