package org.robustnessgap.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.messages.Access;

/** Counted over many random models: no rounding is the same on both sides of its boundaries. */
final class FingerprintTest {
  private static final int MODELS = 3000;
  private static final int CLASSES = 10;

  private static Rows scores(SplittableRandom random, double scale) {
    float[] values = new float[2 * CLASSES];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (scale * (random.nextDouble() * 20 - 10));
    }
    return new Rows(values, CLASSES);
  }

  /** Every score moved by up to so much of the largest possible. */
  private static Rows moved(Rows rows, SplittableRandom random, double relative) {
    float[] values = rows.values().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] += (float) (10 * relative * (2 * random.nextDouble() - 1));
    }
    return new Rows(values, rows.width());
  }

  private static String print(Rows rows, Access access) {
    return new Fingerprint().of(rows, access);
  }

  /** How many of the models keep their fingerprint in another process. */
  private static int kept(double relative) {
    SplittableRandom random = new SplittableRandom(5);
    int kept = 0;
    for (int i = 0; i < MODELS; i++) {
      Rows rows = scores(random, 1);
      Rows other = moved(rows, random, relative);
      if (print(rows, Access.SCORES).equals(print(other, Access.SCORES))) {
        kept++;
      }
    }
    return kept;
  }

  @Test
  void noiseOfTheLastBitsChangesHardlyAny() {
    assertThat(kept(1e-6)).isGreaterThanOrEqualTo(MODELS - MODELS / 500);
  }

  @Test
  void aChangeOfAHundredthChangesAllButFew() {
    assertThat(kept(1e-2)).isLessThan(MODELS / 50);
  }

  @Test
  void differentModelsDiffer() {
    SplittableRandom random = new SplittableRandom(6);
    assertThat(
            java.util.stream.IntStream.range(0, MODELS)
                .mapToObj(i -> print(scores(random, 1), Access.SCORES))
                .distinct())
        .hasSizeGreaterThan(MODELS - MODELS / 100);
  }

  @Test
  void probabilitiesThatAreAllButSureStillDiffer() {
    float[] one = {1 - 3e-9f, 1e-9f, 2e-9f};
    float[] other = {1 - 3e-9f, 2e-9f, 1e-9f};
    assertThat(print(new Rows(one, 3), Access.PROBABILITIES))
        .isNotEqualTo(print(new Rows(other, 3), Access.PROBABILITIES));
  }

  @Test
  void withinAProcessNoiseOnABoundaryChangesNothing() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < MODELS; i++) {
      Fingerprint fingerprint = new Fingerprint();
      Rows rows = scores(random, 1);
      String first = fingerprint.of(rows, Access.SCORES);
      assertThat(fingerprint.of(moved(rows, random, 2e-5), Access.SCORES)).isEqualTo(first);
    }
  }

  @Test
  void whatIsUnknownIsPartOfIt() {
    Rows one = new Rows(new float[] {1, 0, 3}, 3);
    Rows other = new Rows(new float[] {1, Float.NaN, 3}, 3);
    assertThat(print(one, Access.SCORES)).isNotEqualTo(print(other, Access.SCORES));
    assertThat(print(other, Access.SCORES)).isEqualTo(print(other, Access.SCORES));
  }
}
