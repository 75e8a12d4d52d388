package org.robustnessgap.generator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RunSetTest {
  @Test
  void holdsWhatASetHolds() {
    Random random = new Random(1);
    RunSet runs = new RunSet();
    Set<Long> expected = new HashSet<>();
    for (int i = 0; i < 2000; i++) {
      long number = random.nextInt(500);
      runs.add(number);
      expected.add(number);
      long probe = random.nextInt(500);
      assertThat(runs.contains(probe)).isEqualTo(expected.contains(probe));
    }
  }

  @Test
  void neighboursShareARunInWhateverOrderTheyCome() {
    List<Long> numbers = new ArrayList<>();
    for (long i = 0; i < 1000; i++) {
      numbers.add(i);
    }
    Collections.shuffle(numbers, new Random(2));
    RunSet runs = new RunSet();
    numbers.forEach(runs::add);
    assertThat(runs.runs()).isEqualTo(1);
    runs.add(1001);
    assertThat(runs.runs()).isEqualTo(2);
    runs.add(Long.MAX_VALUE);
    assertThat(runs.contains(Long.MAX_VALUE)).isTrue();
    assertThat(runs.contains(1000)).isFalse();
  }
}
