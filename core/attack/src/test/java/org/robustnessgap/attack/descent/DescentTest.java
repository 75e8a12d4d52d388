package org.robustnessgap.attack.descent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.map.Vectors;
import org.robustnessgap.attack.metric.Metric;
import org.robustnessgap.attack.metric.NormMetric;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.PixelRange;

/** A descent on its way to a boundary that is not where the linearisation at the sample saw it. */
class DescentTest {
  private static final int TARGET = 1;
  private static final float[] NORMAL = {1, 0.5f};

  /** Headed for (0.4, 0.2), which is beyond NORMAL · r = 0.5 up to rounding. */
  private static Descent descent() {
    Linearisation.LinearisedSample sample =
        new Linearisation.LinearisedSample(0, 0, new float[] {0.5f, 0}, List.of(List.of()));
    Metric.Place origin = Metric.Place.origin(0, NORMAL);
    return Descent.from(origin, sample, new float[] {0.4f, 0.2f}, 0.45, TARGET);
  }

  private static boolean head(Descent descent, Metric metric, double margin) {
    float[] there = descent.perturbation();
    return descent.head(metric, Vectors.norm(there), margin, NORMAL, there);
  }

  @Test
  void headsForThePlaneAsItLooksFromHalfWay() {
    Descent descent = descent();
    descent.advance(0.5);

    assertThat(descent.perturbation()).containsExactly(new float[] {0.2f, 0.1f}, within(1e-6f));
    // The margin is −0.5 still: the boundary is farther away than it seemed.
    assertThat(head(descent, NormMetric.euclidean(Rows.zeros(1, 2)), -0.5)).isTrue();
    // NORMAL · r = 0.75 has its foot at (0.6, 0.3); a fiftieth of the way there is added.
    assertThat(descent.perturbation()).containsExactly(new float[] {0.608f, 0.304f}, within(1e-6f));
  }

  @Test
  void staysWhereItCrossedTheBoundary() {
    Descent descent = descent();
    descent.advance(0.5);

    assertThat(head(descent, NormMetric.euclidean(Rows.zeros(1, 2)), 0.1)).isFalse();
    assertThat(descent.perturbation()).containsExactly(new float[] {0.2f, 0.1f}, within(1e-6f));
  }

  @Test
  void keepsToThePixelRange() {
    Rows start = new Rows(new float[] {0.5f, 0}, 2);
    Descent descent = descent();
    descent.advance(0.5);

    assertThat(head(descent, new NormMetric(Norm.L2, start, new PixelRange(-1, 1)), -0.5)).isTrue();
    assertThat(0.5f + descent.perturbation()[0]).isLessThanOrEqualTo(1);
    assertThat(Vectors.dot(NORMAL, descent.perturbation())).isGreaterThanOrEqualTo(0.75);
  }
}
