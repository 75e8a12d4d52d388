package org.robustnessgap.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.robustnessgap.messages.InvalidInputException;

/** (L1) and (L4) through a Lipschitz constant. */
class LipschitzLimitTest {
  private static final LatentLimit HALVES = new LatentLimit(ClassMeasures.equiprobable(2));

  /** g(z) = Λz and a half-space: r_in = Λ|z₁|, so both statements are equalities. */
  @Test
  void isAnEqualityForALinearGeneratorAndAHalfSpace() {
    LipschitzLimit limit = new LipschitzLimit(HALVES, 3);
    assertThat(limit.probability(1.5)).isEqualTo(2 * Gaussian.NORMAL.probability(0, 0.5));
    assertThat(limit.quantile(0.5).orElseThrow()).isCloseTo(3 * 0.6744897502, within(2e-10));
    assertThat(limit.mean(0)).isCloseTo(3 * Math.sqrt(2 / Math.PI), within(1e-14));
  }

  @Test
  void anApproximateGeneratorAddsItsDistance() {
    assertThat(new LipschitzLimit(HALVES, 3).mean(0.5))
        .isCloseTo(3 * Math.sqrt(2 / Math.PI) + 0.5, within(1e-14));
    // A concave modulus that is no multiple of t.
    assertThat(MeanLimit.of(HALVES, Math::sqrt, 0.25))
        .isCloseTo(Math.pow(2 / Math.PI, 0.25) + 0.25, within(1e-14));
  }

  @Test
  void aSingleClassHasNoLimit() {
    LipschitzLimit limit = new LipschitzLimit(new LatentLimit(ClassMeasures.equiprobable(1)), 3);
    assertThat(limit.quantile(0.25)).isEmpty();
    assertThat(limit.mean(1)).isInfinite();
  }

  @Test
  void refusesWhatIsNoConstantOrDistance() {
    for (double constant : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new LipschitzLimit(HALVES, constant))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("Lipschitz");
    }
    assertThatThrownBy(() -> new LipschitzLimit(HALVES, 1).mean(-0.1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("Wasserstein");
  }
}
