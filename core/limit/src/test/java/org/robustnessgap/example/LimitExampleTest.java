package org.robustnessgap.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LimitExampleTest {
  /** Fawzi, Fawzi, Fawzi 2018 print 0.016 for ten equal classes and d = 100. */
  @Test
  void tenEqualClasses() {
    double[] measures = new double[10];
    Arrays.fill(measures, 0.1);
    assertThat(LimitExample.latentLimit(100, measures)).isCloseTo(0.01583753, within(1e-8));
  }

  @Test
  void oneClassHasNoLimit() {
    assertThat(LimitExample.latentLimit(100, 1)).isInfinite();
  }
}
