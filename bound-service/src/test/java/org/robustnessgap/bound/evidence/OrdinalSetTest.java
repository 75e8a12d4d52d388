package org.robustnessgap.bound.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class OrdinalSetTest {
  @Test
  void behavesAsASet() {
    Random random = new Random(6);
    OrdinalSet ranges = new OrdinalSet();
    Set<Long> reference = new HashSet<>();
    for (int i = 0; i < 5000; i++) {
      long ordinal = random.nextInt(1000);
      assertThat(ranges.add(ordinal)).isEqualTo(reference.add(ordinal));
    }
  }

  @Test
  void needsOneRangeWhenNothingIsMissing() {
    List<Long> ordinals = LongStream.range(0, 1000).boxed().collect(Collectors.toList());
    Collections.shuffle(ordinals, new Random(7));
    OrdinalSet ranges = new OrdinalSet();
    ordinals.forEach(ranges::add);
    assertThat(ranges.ranges()).isOne();
    ranges.add(2000);
    assertThat(ranges.ranges()).isEqualTo(2);
  }
}
