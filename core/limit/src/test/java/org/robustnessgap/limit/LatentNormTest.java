package org.robustnessgap.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.robustnessgap.messages.InvalidInputException;

class LatentNormTest {
  /** Expected values: 60-digit arithmetic. */
  @ParameterizedTest
  @CsvSource({
    "1, 0.79788456080286536",
    "2, 1.2533141373155003",
    "3, 1.5957691216057307",
    "100, 9.9750316395510509",
    "3072, 55.421115476835411",
    "1000000, 999.99975000003125",
    "2000000000, 44721.359544405624"
  })
  void meanLength(int dimension, double expected) {
    assertThat(LatentNorm.mean(dimension)).isCloseTo(expected, Percentage.withPercentage(1e-13));
  }

  @Test
  void refusesNoDimension() {
    assertThatThrownBy(() -> LatentNorm.mean(0))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("at least 1");
  }
}
