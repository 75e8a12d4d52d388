package org.robustnessgap.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.robustnessgap.messages.InvalidInputException;

class ClassMeasuresTest {
  @Test
  void countsBecomeFrequencies() {
    ClassMeasures measures = ClassMeasures.ofCounts(List.of(10L, 0L, 30L, 30L, 10L));
    assertThat(measures.classes()).isEqualTo(5);
    assertThat(measures.groups()).isEqualTo(2);
    assertThat(measures.measure(0)).isEqualTo(0.125);
    assertThat(measures.multiplicity(0)).isEqualTo(2);
    assertThat(measures.measure(1)).isEqualTo(0.375);
    assertThat(measures.multiplicity(1)).isEqualTo(2);
  }

  @Test
  void spreadsWhatRoundingLeft() {
    assertThat(ClassMeasures.of(0.3333333333, 0.3333333333, 0.3333333333).measure(0))
        .isEqualTo(1.0 / 3);
  }

  @Test
  void theComplementOfAFrequentClassKeepsItsDigits() {
    assertThat(ClassMeasures.of(1e-20, 1).complement(1)).isEqualTo(1e-20);
  }

  @Test
  void refusesWhatIsNoDistribution() {
    refused("sum to 0.9", 0.5, 0.4);
    refused("sum to 1.00000001", 0.5, 0.50000001);
    refused("-0.1 is no probability", -0.1, 1.1);
    refused("NaN is no probability", Double.NaN, 1);
    refused("sum to 0.0");
    assertThatThrownBy(() -> ClassMeasures.equiprobable(0))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("0 equiprobable classes");
    assertThatThrownBy(() -> ClassMeasures.ofCounts(List.of(0L, 0L)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("no label");
    assertThatThrownBy(() -> ClassMeasures.ofCounts(List.of(3L, -1L)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("Class 1 cannot have -1 labels");
  }

  private static void refused(String reason, double... probabilities) {
    assertThatThrownBy(() -> ClassMeasures.of(probabilities))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(reason);
  }
}
