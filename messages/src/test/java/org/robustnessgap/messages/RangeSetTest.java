package org.robustnessgap.messages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.messages.RangeSet.Range;

class RangeSetTest {
  @Test
  void holdsWhatASetHolds() {
    Random random = new Random(6);
    RangeSet set = RangeSet.EMPTY;
    TreeSet<Long> reference = new TreeSet<>();
    for (int i = 0; i < 5000; i++) {
      long number = random.nextInt(1000);
      RangeSet larger = set.plus(number);
      if (reference.add(number)) {
        assertThat(larger.contains(number)).isTrue();
        assertThat(set.contains(number)).as("a set never changes").isFalse();
      } else {
        assertThat(larger).isSameAs(set);
      }
      long probe = random.nextInt(1000);
      assertThat(larger.contains(probe)).isEqualTo(reference.contains(probe));
      set = larger;
    }
    assertThat(set.ranges().stream().flatMapToLong(RangeSetTest::numbers))
        .containsExactlyElementsOf(reference);
  }

  private static LongStream numbers(Range range) {
    return LongStream.rangeClosed(range.first(), range.last());
  }

  @Test
  void neighboursShareARangeInWhateverOrderTheyCome() {
    List<Long> numbers = LongStream.range(0, 1000).boxed().collect(Collectors.toList());
    for (int seed = 0; seed < 5; seed++) {
      Collections.shuffle(numbers, new Random(seed));
      assertThat(sum(numbers)).isEqualTo(RangeSet.of(List.of(new Range(0, 999))));
    }
    assertThat(sum(numbers).plus(1001).ranges())
        .containsExactly(new Range(0, 999), new Range(1001, 1001));
  }

  @Test
  void orderDoesNotMatterWhereThereAreGaps() {
    List<Long> numbers = LongStream.of(0, 1, 2, 5, 6, 9, 11, 12, 13, 20).boxed().toList();
    RangeSet inOrder = sum(numbers);
    for (int seed = 0; seed < 20; seed++) {
      List<Long> shuffled = numbers.stream().collect(Collectors.toList());
      Collections.shuffle(shuffled, new Random(seed));
      assertThat(sum(shuffled)).isEqualTo(inOrder).hasSameHashCodeAs(inOrder);
    }
    assertThat(inOrder).isNotEqualTo(inOrder.plus(3));
  }

  @Test
  void holdsTheLargestNumber() {
    RangeSet set = RangeSet.EMPTY.plus(0).plus(Long.MAX_VALUE).plus(Long.MAX_VALUE - 1);
    assertThat(set.contains(Long.MAX_VALUE)).isTrue();
    assertThat(set.contains(Long.MAX_VALUE - 2)).isFalse();
    assertThat(set.ranges())
        .containsExactly(new Range(0, 0), new Range(Long.MAX_VALUE - 1, Long.MAX_VALUE));
    assertThat(set.contains(-1)).isFalse();
  }

  @Test
  void isAListOfPairsInJson() {
    RangeSet set = RangeSet.EMPTY.plus(3).plus(1).plus(2).plus(7);
    assertThat(new String(Json.write(set), StandardCharsets.US_ASCII)).isEqualTo("[[1,3],[7,7]]");
    assertThat(Json.read(Json.write(set), RangeSet.class)).isEqualTo(set);
    assertThat(Json.read(Json.write(RangeSet.EMPTY), RangeSet.class)).isEqualTo(RangeSet.EMPTY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[[3,1]]",
        "[[-1,1]]",
        "[[4,5],[1,2]]",
        "[[1,2],[2,5]]",
        "[[1,2],[3,5]]",
        "[[1,5],[2,3]]",
        "[[1,2],null]",
        "[1]"
      })
  void refusesWhatIsNoListOfRanges(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.US_ASCII);
    assertThatThrownBy(() -> Json.read(bytes, RangeSet.class))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("RangeSet");
  }

  @Test
  void refusesNegativeNumbers() {
    assertThatThrownBy(() -> RangeSet.EMPTY.plus(-1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("-1");
  }

  private static RangeSet sum(List<Long> numbers) {
    RangeSet set = RangeSet.EMPTY;
    for (long number : numbers) {
      set = set.plus(number);
    }
    return set;
  }
}
