package org.robustnessgap.aggregator.fold;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.robustnessgap.messages.Json;

class RangesTest {
  @Test
  void neighboursMergeIntoOneRange() {
    Ranges ranges = Ranges.NONE.plus(3).plus(1).plus(2).plus(7);
    assertThat(new String(Json.write(ranges), StandardCharsets.US_ASCII))
        .isEqualTo("[[1,3],[7,7]]");
    assertThat(Json.read(Json.write(ranges), Ranges.class)).isEqualTo(ranges);
    assertThat(ranges.plus(2)).isSameAs(ranges);
  }

  @Test
  void membershipIsThatOfASetAndOrderDoesNotMatter() {
    List<Integer> numbers = new ArrayList<>(List.of(0, 1, 2, 5, 6, 9, 11, 12, 13, 20));
    Ranges inOrder = sum(numbers);
    for (int seed = 0; seed < 20; seed++) {
      Collections.shuffle(numbers, new Random(seed));
      assertThat(sum(numbers)).isEqualTo(inOrder);
    }
    for (int i = 0; i < 25; i++) {
      assertThat(inOrder.contains(i)).isEqualTo(numbers.contains(i));
    }
  }

  private static Ranges sum(List<Integer> numbers) {
    Ranges ranges = Ranges.NONE;
    for (int number : numbers) {
      ranges = ranges.plus(number);
    }
    return ranges;
  }
}
