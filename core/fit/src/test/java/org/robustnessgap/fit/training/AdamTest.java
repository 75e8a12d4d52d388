package org.robustnessgap.fit.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.robustnessgap.messages.InvalidInputException;

class AdamTest {
  private static final float[] CURVATURE = {100, 1, 0.01f};
  private static final float[] MINIMUM = {1, -2, 3};

  private static float[] gradient(float[] at) {
    float[] gradient = new float[at.length];
    for (int i = 0; i < at.length; i++) {
      gradient[i] = CURVATURE[i] * (at[i] - MINIMUM[i]);
    }
    return gradient;
  }

  /** However steep: the means of one gradient are that gradient. */
  @Test
  void theFirstStepIsTheRateAgainstTheSign() {
    float[] x = new float[3];
    Adam.of(0.01).start(List.of(x)).step(List.of(x), List.of(gradient(x)), 1);
    assertThat(x).containsExactly(new float[] {0.01f, -0.01f, 0.01f}, within(1e-6f));
  }

  /** Two steps by hand: gradients 1 and 3, β₁ = β₂ = ½. */
  @Test
  void theSecondStepIsThatOfTheMeans() {
    float[] x = {0};
    Adam.State state = new Adam(1, 0.5, 0.5, 1e-12).start(List.of(x));
    state.step(List.of(x), List.of(new float[] {1}), 1);
    state.step(List.of(x), List.of(new float[] {3}), 1);
    // Means 7/4 and 19/4, each over 3/4.
    assertThat((double) x[0]).isCloseTo(-1 - (7 / 3.0) / Math.sqrt(19 / 3.0), within(1e-6));
  }

  @Test
  void findsTheMinimumOfAQuadratic() {
    float[] x = new float[3];
    Adam.State state = Adam.of(0.01).start(List.of(x));
    for (int i = 0; i < 5000; i++) {
      state.step(List.of(x), List.of(gradient(x)), 1);
    }
    assertThat(x).containsExactly(MINIMUM, within(1e-3f));
  }

  @Test
  void refusesWhatIsNoStep() {
    for (double bad : new double[] {0, -1, Double.NaN}) {
      assertThatThrownBy(() -> Adam.of(bad))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("learning rate");
    }
    assertThatThrownBy(() -> new Adam(1, 1, 0.9, 1e-8))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("[0, 1)");
    float[] x = {5};
    Adam.State state = Adam.of(0.1).start(List.of(x));
    assertThatThrownBy(() -> state.step(List.of(x), List.of(new float[] {Float.NaN}), 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("smaller learning rate");
    assertThat(x).containsExactly(5);
  }
}
