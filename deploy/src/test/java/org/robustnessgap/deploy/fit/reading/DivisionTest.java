package org.robustnessgap.deploy.fit.reading;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.robustnessgap.fit.ImageSet;

final class DivisionTest {
  private static ImageSet numbered(int count) {
    return use -> {
      for (int n = 0; n < count; n++) {
        use.accept(new float[] {n});
      }
    };
  }

  private static List<Integer> heldOut(Division division) {
    List<Integer> heldOut = new ArrayList<>();
    division.each(unused -> {}, image -> heldOut.add((int) image[0]));
    return heldOut;
  }

  @Test
  void oneOfEachTenIsHeldOutAndTheSameInEachPass() {
    Division division = new Division(numbered(4000), 10, 3);
    List<Integer> heldOut = heldOut(division);
    assertThat(heldOut).hasSize(400).isEqualTo(heldOut(division));
    for (int block = 0; block < 400; block++) {
      assertThat(heldOut.get(block) / 10).isEqualTo(block);
    }
    List<Integer> fitted = new ArrayList<>();
    division.fitted().forEach(image -> fitted.add((int) image[0]));
    assertThat(fitted).hasSize(3600).doesNotContainAnyElementsOf(heldOut);
    assertThat(heldOut(new Division(numbered(4000), 10, 4))).isNotEqualTo(heldOut);
    assertThat(heldOut(new Division(numbered(4000), 0, 3))).isEmpty();
  }

  /** Of images that come in turns, each turn has its share: 40 of 400, within 4 deviations. */
  @Test
  void noTurnIsPreferred() {
    int[] turns = new int[10];
    heldOut(new Division(numbered(4000), 10, 3)).forEach(n -> turns[n % 10]++);
    for (int turn : turns) {
      assertThat(turn).isBetween(16, 64);
    }
  }
}
