package org.robustnessgap.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.messages.InvalidInputException;

class RiskLimitTest {
  /** Errors where z₁ ≥ c: a point is within t of one if z₁ ≥ c − t. */
  @Test
  void isAnEqualityForAHalfSpaceOfErrors() {
    for (double c : new double[] {-1, 0, 1.5, 4}) {
      RiskLimit limit = new RiskLimit(Gaussian.NORMAL.survivalProbability(c));
      for (double t : new double[] {0.1, 1, 5}) {
        assertThat(limit.probability(t))
            .isCloseTo(Gaussian.NORMAL.survivalProbability(c - t), within(1e-13));
      }
    }
  }

  /** Errors in |z₁| ≥ c: more lies near them than near a half-space of the same measure. */
  @Test
  void isExceededByOtherSets() {
    double c = 1.2;
    RiskLimit limit = new RiskLimit(2 * Gaussian.NORMAL.survivalProbability(c));
    for (double t : new double[] {0.1, 0.5, 1}) {
      assertThat(limit.probability(t))
          .isLessThan(2 * Gaussian.NORMAL.survivalProbability(c - t) + 1e-15);
    }
  }

  /** An error rate of 5 % brings half of the data within 1.645, as a table of Φ⁻¹ says. */
  @Test
  void goldenQuantiles() {
    RiskLimit limit = new RiskLimit(0.05);
    assertThat(limit.quantile(0.5).orElseThrow()).isCloseTo(1.6448536270, within(5e-11));
    assertThat(limit.quantile(0.95).orElseThrow()).isCloseTo(3.2897072539, within(5e-11));
    assertThat(limit.quantile(0.05).orElseThrow()).isZero();
    assertThat(limit.quantile(0.01).orElseThrow()).isZero();
  }

  @Test
  void withoutErrorsItSaysNothing() {
    assertThat(new RiskLimit(0).probability(38)).isZero();
    assertThat(new RiskLimit(0).quantile(0.25)).isEmpty();
    assertThat(new RiskLimit(1).quantile(0.25)).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
  void refusesWhatIsNoProbability(double risk) {
    assertThatThrownBy(() -> new RiskLimit(risk))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("is no probability");
  }
}
