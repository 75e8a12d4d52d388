package org.robustnessgap.concentration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What lies within ε, against points moved by ε at random. */
class ErrorSetTest {
  private static final double EPSILON = 0.3;

  @Test
  void whoeverIsMovedIntoAHalfSpaceWasNear() {
    ErrorSet l2 = new HalfSpace(new double[] {0.6, -0.8}, 0.5, "");
    assertThat(movedIn(l2, false)).isEqualTo(NEVER_MISSED);
    ErrorSet linf = new HalfSpace(new double[] {0.5, -0.5}, 0.5, "");
    assertThat(movedIn(linf, true)).isEqualTo(NEVER_MISSED);
  }

  @Test
  void whoeverIsMovedIntoABallWasNear() {
    float[][] centres = {{0, 0}, {1, 1}};
    assertThat(movedIn(new BallUnion(centres, new double[] {0.4, 0.2}), false))
        .isEqualTo(NEVER_MISSED);
  }

  @Test
  void whoeverIsMovedOutOfRectanglesWasNear() {
    float[][] lower = {{-1, -1}, {0.2f, -0.5f}};
    float[][] upper = {{0, 0.5f}, {1.2f, 1}};
    for (double margin : new double[] {0.1, EPSILON, 0.7}) {
      assertThat(movedIn(new RectangleComplement(lower, upper, margin), true))
          .isEqualTo(NEVER_MISSED);
    }
  }

  /** And no others are, for the two kinds whose neighbourhood is exact and a single rectangle. */
  @Test
  void theNeighbourhoodIsExact() {
    float[] origin = {0, 0};
    ErrorSet half = new HalfSpace(new double[] {0, 1}, 1, "");
    assertThat(half.reaches(new float[] {5, 0.75f}, 0.25)).isTrue();
    assertThat(half.reaches(new float[] {5, 0.75f}, 0.24)).isFalse();
    ErrorSet ball = new BallUnion(new float[][] {origin}, new double[] {1});
    assertThat(ball.reaches(new float[] {3, 4}, 4)).isTrue();
    assertThat(ball.reaches(new float[] {3, 4}, 3.99)).isFalse();
    ErrorSet outside = new RectangleComplement(new float[][] {origin}, new float[][] {origin}, 1);
    assertThat(outside.reaches(new float[] {0.75f, 0}, 0.26)).isTrue();
    assertThat(outside.reaches(new float[] {0.75f, 0}, 0.24)).isFalse();
    assertThat(outside.reaches(origin, 1)).as("the complement is open").isFalse();
  }

  @Test
  void withoutRectanglesAllIsOutside() {
    ErrorSet all = new RectangleComplement(new float[0][], new float[0][], 1);
    assertThat(all.reaches(new float[] {0, 0}, 0)).isTrue();
  }

  private static final String NEVER_MISSED = "hits, none missed";

  private static String movedIn(ErrorSet set, boolean box) {
    SplittableRandom random = new SplittableRandom(1);
    int hits = 0;
    int missed = 0;
    for (int i = 0; i < 20_000; i++) {
      float[] x = {(float) random.nextDouble(-2, 2), (float) random.nextDouble(-2, 2)};
      double dx = random.nextDouble(-1, 1);
      double dy = random.nextDouble(-1, 1);
      double length = box ? Math.max(Math.abs(dx), Math.abs(dy)) : Math.hypot(dx, dy);
      double scale = 0.999999 * EPSILON / length;
      float[] moved = {(float) (x[0] + scale * dx), (float) (x[1] + scale * dy)};
      if (!set.reaches(x, 0) && set.reaches(moved, 0)) {
        hits++;
        missed += set.reaches(x, EPSILON) ? 0 : 1;
      }
    }
    return hits > 100 && missed == 0 ? NEVER_MISSED : hits + " hits, " + missed + " missed";
  }
}
