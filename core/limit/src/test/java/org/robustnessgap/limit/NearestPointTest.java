package org.robustnessgap.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Theorem 2 on the paper's example, images on the unit circle. */
class NearestPointTest {
  private static final int POINTS = 360;

  /** Labels by angle: an arc of one class around π, the rest another. */
  private static boolean inArc(double angle, double halfWidth) {
    return Math.abs(Math.IEEEremainder(angle - Math.PI, 2 * Math.PI)) <= halfWidth;
  }

  /** By trying every point of the circle, and every pixel of a grid around it. */
  @Test
  void theNearestPointClassifierIsHalfAsRobustAtLeast() {
    for (double halfWidth : new double[] {0.02, 0.5, 2}) {
      for (int i = 0; i < POINTS; i += 15) {
        double own = 2 * Math.PI * i / POINTS;
        double inDistribution = Double.POSITIVE_INFINITY;
        for (int k = 0; k < 100 * POINTS; k++) {
          double other = 2 * Math.PI * k / (100 * POINTS);
          if (inArc(other, halfWidth) != inArc(own, halfWidth)) {
            inDistribution = Math.min(inDistribution, 2 * Math.abs(Math.sin((other - own) / 2)));
          }
        }
        double unconstrained = Double.POSITIVE_INFINITY;
        for (double x = -1.2; x <= 1.2; x += 0.02) {
          for (double y = -1.2; y <= 1.2; y += 0.02) {
            // The nearest point of the circle has the angle of the pixel.
            if (inArc(Math.atan2(y, x), halfWidth) != inArc(own, halfWidth)) {
              double distance = Math.hypot(x - Math.cos(own), y - Math.sin(own));
              unconstrained = Math.min(unconstrained, distance);
            }
          }
        }
        assertThat(unconstrained)
            .isGreaterThanOrEqualTo(NearestPoint.leastUnconstrained(inDistribution, 0) - 1e-3);
      }
    }
  }

  /** From angle 0 to a narrow arc around π: 2 along the manifold, 1 through the centre. */
  @Test
  void theHalfIsAttained() {
    assertThat(NearestPoint.leastUnconstrained(2, 0)).isEqualTo(1);
  }

  @Test
  void aSearchThatStopsShortWeakensIt() {
    assertThat(NearestPoint.leastUnconstrained(2, 0.5)).isCloseTo(0.75, within(1e-15));
    assertThat(NearestPoint.leastUnconstrained(2, 3)).isZero();
    assertThat(NearestPoint.leastUnconstrained(2, -0.5)).as("it never helps").isEqualTo(1);
  }
}
