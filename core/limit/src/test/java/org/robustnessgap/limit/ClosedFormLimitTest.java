package org.robustnessgap.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.messages.InvalidInputException;

/** (L2), (L3), (L5) and the closed form of (L4). */
class ClosedFormLimitTest {
  private static final ClassMeasures TEN = ClassMeasures.equiprobable(10);

  /** √(2 log(√(π/2) / (1 − p))), worked out by hand. */
  @ParameterizedTest
  @CsvSource({"0.25, 1.0133838612", "0.5, 1.3556832471", "0.05, 0.7444254792"})
  void goldenQuantilesWithoutAClassAboveOneHalf(double p, double expected) {
    ClosedFormLimit limit = ClosedFormLimit.balanced(TEN).asOptional().orElseThrow();
    double t = limit.quantile(p).orElseThrow();
    assertThat(t).isCloseTo(expected, within(5e-11));
    assertThat(limit.probability(t)).isCloseTo(p, within(1e-15));
  }

  /** With c = √(log(K² / (4π log K))), by hand for K = 10: c² = log(100 / 28.9351376). */
  @Test
  void goldenFormulaOfManyEqualClasses() {
    ClosedFormLimit limit = ClosedFormLimit.equiprobable(TEN).asOptional().orElseThrow();
    double c = Math.sqrt(1.2401134938);
    assertThat(limit.raw(1)).isCloseTo(1 - 1.2533141373155003 * Math.exp(-0.5 - c), within(1e-9));
    assertThat(limit.probability(limit.quantile(0.25).orElseThrow()))
        .isCloseTo(0.25, within(1e-15));
  }

  @Test
  void neitherExceedsTheGeneralStatement() {
    Random random = new Random(21);
    for (int round = 0; round < 200; round++) {
      double[] drawn = LatentLimitTest.randomMeasures(random, 3 + random.nextInt(20));
      ClassMeasures measures = ClassMeasures.of(drawn);
      if (ClosedFormLimit.balanced(measures).asOptional().isPresent()) {
        exceedsNowhere(
            ClosedFormLimit.balanced(measures).asOptional().orElseThrow(),
            new LatentLimit(measures));
      }
    }
    for (int classes : new int[] {5, 6, 10, 100, 100_000}) {
      ClassMeasures measures = ClassMeasures.equiprobable(classes);
      LatentLimit general = new LatentLimit(measures);
      exceedsNowhere(ClosedFormLimit.equiprobable(measures).asOptional().orElseThrow(), general);
      assertThat(MeanLimit.equiprobable(measures).asOptional().orElseThrow())
          .isGreaterThan(general.expectation());
    }
  }

  private static void exceedsNowhere(LimitCurve weaker, LimitCurve stronger) {
    for (double t = 0.01; t < 12; t *= 1.2) {
      assertThat(weaker.probability(t)).isLessThanOrEqualTo(stronger.probability(t) + 1e-14);
    }
  }

  /** The paper's remark 1: at twice the Lipschitz constant, more than 0.8 of the data. */
  @Test
  void atDistanceTwoMoreThanFourFifths() {
    assertThat(ClosedFormLimit.balanced(TEN).asOptional().orElseThrow().probability(2))
        .isBetween(0.8, 0.84);
  }

  @Test
  void itMayBeNegativeAndThenSaysNothing() {
    ClosedFormLimit limit = ClosedFormLimit.balanced(TEN).asOptional().orElseThrow();
    assertThat(limit.raw(0)).isCloseTo(1 - Math.sqrt(Math.PI / 2), within(1e-15));
    assertThat(limit.probability(0)).isZero();
  }

  @Test
  void saysWhyItDoesNotApply() {
    assertThat(ClosedFormLimit.balanced(ClassMeasures.of(0.3, 0.7)))
        .isEqualTo(
            new Statement.NotApplicable<>("a class has measure 0.700000, and none may exceed 0.5"));
    assertThat(ClosedFormLimit.equiprobable(ClassMeasures.equiprobable(4)))
        .isEqualTo(new Statement.NotApplicable<>("there are 4 classes, and at least 5 are needed"));
    assertThat(ClosedFormLimit.equiprobable(ClassMeasures.of(0.1, 0.2, 0.2, 0.2, 0.3)))
        .isEqualTo(new Statement.NotApplicable<>("the classes do not have equal measure"));
    assertThat(ClosedFormLimit.equiprobable(ClassMeasures.of(0, 0.2, 0.2, 0.2, 0.2, 0.2)))
        .isInstanceOf(Statement.NotApplicable.class);
    assertThat(ClosedFormLimit.transfer(TEN, 0.41))
        .isEqualTo(
            new Statement.NotApplicable<>(
                "a class has measure 0.100000, which with the disagreement 0.410000 exceeds 0.5"));
    assertThat(MeanLimit.equiprobable(ClassMeasures.equiprobable(4)).asOptional()).isEmpty();
    // Where the logarithm would be negative, the formula could not even be written.
    assertThat(16 / (4 * Math.PI * Math.log(4))).isLessThan(1);
  }

  @Test
  void transferLosesTwiceTheDisagreement() {
    ClosedFormLimit alone = ClosedFormLimit.balanced(TEN).asOptional().orElseThrow();
    ClosedFormLimit shared = ClosedFormLimit.transfer(TEN, 0.1).asOptional().orElseThrow();
    for (double t : new double[] {0.5, 1, 2, 5}) {
      assertThat(shared.raw(t)).isCloseTo(alone.raw(t) - 0.2, within(1e-15));
    }
    assertThat(shared.quantile(0.79)).isPresent();
    assertThat(shared.quantile(0.8)).isEmpty();
  }

  /** log(4π log K) / √(2 log K), by hand for K = 10. */
  @Test
  void goldenMeanOfManyEqualClasses() {
    assertThat(MeanLimit.equiprobable(TEN).asOptional().orElseThrow())
        .isCloseTo(1.5680847930, within(1e-10));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
  void refusesWhatIsNoFraction(double disagreement) {
    assertThatThrownBy(() -> ClosedFormLimit.transfer(TEN, disagreement))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("is no fraction");
    assertThatThrownBy(() -> new TransferLimit(TEN, disagreement))
        .isInstanceOf(InvalidInputException.class);
  }
}
