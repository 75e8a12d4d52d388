package org.robustnessgap.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.statistics.distribution.ChiSquaredDistribution;
import org.junit.jupiter.api.Test;
import org.robustnessgap.messages.InvalidInputException;

class ReservoirTest {
  private static final int DRAWS = 20_000;

  @Test
  void holdsAllWhileThereAreNoMore() {
    assertThat(draw(5, 5, 1)).containsExactly(0, 1, 2, 3, 4);
    assertThat(draw(5, 3, 1)).containsExactly(0, 1, 2);
    assertThat(draw(5, 0, 1)).isEmpty();
  }

  @Test
  void drawsWithoutReplacementAndTheSameBySeed() {
    List<Integer> drawn = draw(10, 1000, 7);

    assertThat(new HashSet<>(drawn)).hasSize(10);
    assertThat(draw(10, 1000, 7)).isEqualTo(drawn);
    assertThat(draw(10, 1000, 8)).isNotEqualTo(drawn);
  }

  /**
   * Each of the 45 pairs of ten is drawn equally often: χ² of 44 degrees of freedom. A generator
   * that favours the last, the first or neighbours by a tenth is far beyond.
   */
  @Test
  void everySetIsEquallyProbable() {
    assertThat(chiSquared(0)).isLessThan(critical());
  }

  /** The test itself sees a draw that is not uniform. */
  @Test
  void theTestSeesWhatIsNotUniform() {
    assertThat(chiSquared(1)).isGreaterThan(critical());
  }

  private static double critical() {
    return ChiSquaredDistribution.of(44).inverseCumulativeProbability(0.999);
  }

  /**
   * @param omitted how many of ten draws never see the last
   */
  private static double chiSquared(int omitted) {
    int[] counts = new int[100];
    for (int seed = 0; seed < DRAWS; seed++) {
      List<Integer> pair = draw(2, seed % 10 < omitted ? 9 : 10, seed);
      counts[10 * Math.min(pair.get(0), pair.get(1)) + Math.max(pair.get(0), pair.get(1))]++;
    }
    double expected = DRAWS / 45.0;
    return IntStream.range(0, 100)
        .filter(i -> i / 10 < i % 10)
        .mapToDouble(i -> Math.pow(counts[i] - expected, 2) / expected)
        .sum();
  }

  @Test
  void nothingCannotBeDrawn() {
    assertThatThrownBy(() -> new Reservoir<>(0, 1)).isInstanceOf(InvalidInputException.class);
  }

  private static List<Integer> draw(int size, int of, long seed) {
    Reservoir<Integer> reservoir = new Reservoir<>(size, seed);
    IntStream.range(0, of).forEach(reservoir::add);
    assertThat(reservoir.seen()).isEqualTo(of);
    return reservoir.drawn();
  }
}
