package org.robustnessgap.attack.descent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.attack.Attacks;
import org.robustnessgap.attack.BoundaryDescentAttack;
import org.robustnessgap.attack.Classifier;
import org.robustnessgap.attack.generator.Latents;
import org.robustnessgap.attack.map.RowMap;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.search.SearchResult;
import org.robustnessgap.messages.Effort;

/** What may be spent on a sample. */
class SearchBudgetTest {
  /** Seven evaluations of the check and one gradient of the KKT residual. */
  private static final int ON_TOP = 8;

  private static final float[][] IMAGES =
      IntStream.range(0, 40)
          .mapToObj(i -> new Rows(Latents.gaussian(9, 40, 8).values(), 8).row(i))
          .toArray(float[][]::new);

  private static List<SearchResult> search(BoundaryDescentAttack attack) {
    return attack.search(Classifier.of("map", RowMap.Network.random(8, 8, 6)), IMAGES).results();
  }

  private static double[] distances(List<SearchResult> results) {
    return results.stream().mapToDouble(r -> r.distanceIfKnown().orElse(1e9)).toArray();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 10, 20, 40, 80, 160})
  void isKept(int budget) {
    for (Effort effort : Effort.values()) {
      int most =
          search(Attacks.boundaryDescent().effort(effort).budget(budget)).stream()
              .mapToInt(result -> result.gradients() + result.forwards())
              .max()
              .orElseThrow();
      // The sample itself is evaluated, and one class linearised, in any case.
      assertThat(most).as("%s", effort).isLessThanOrEqualTo(Math.max(budget, 2) + ON_TOP);
    }
  }

  @Test
  void oneThatIsNotReachedChangesNothing() {
    List<SearchResult> without = search(Attacks.boundaryDescent());
    List<SearchResult> with = search(Attacks.boundaryDescent().budget(100_000));
    assertThat(distances(with)).containsExactly(distances(without));
  }

  @Test
  void withLittleSomethingIsFound() {
    double[] little = distances(search(Attacks.boundaryDescent().budget(12)));
    double[] standard = distances(search(Attacks.boundaryDescent()));
    int found = 0;
    for (int i = 0; i < little.length; i++) {
      found += little[i] < 1e9 ? 1 : 0;
    }
    assertThat(found).isGreaterThan(little.length / 2);
    assertThat(IntStream.range(0, little.length).filter(i -> little[i] > standard[i] * 1.001))
        .as("and it is worse")
        .isNotEmpty();
  }

  /** A half-plane of class 1 far away, and a small disc of it that no gradient leads to. */
  private static final class Island extends RowMap {
    Island() {
      super(2, 2);
    }

    private static double disc(double[] x) {
      return 0.06 - Math.pow(x[0], 2) - Math.pow(x[1] - 1.2, 2);
    }

    @Override
    public double[] value(double[] x) {
      return new double[] {0, Math.max(x[0] - 3, disc(x) > 0 ? 10 : -10)};
    }

    @Override
    public double[] gradient(double[] x, double[] v) {
      return new double[] {v[1], 0};
    }
  }

  /** Who comes upon the disc is a matter of chance, and so of the seed. */
  @Test
  void theSeedMovesRandomPoints() {
    float[][] images = new float[40][2];
    for (int i = 0; i < images.length; i++) {
      images[i][0] = 0.001f * i;
    }
    Classifier island = Classifier.of("island", new Island());
    BoundaryDescentAttack thorough = Attacks.boundaryDescent().effort(Effort.THOROUGH);
    double[] before = distances(thorough.search(island, images).results());
    double[] again = distances(thorough.seed(0).search(island, images).results());
    double[] after = distances(thorough.seed(1).search(island, images).results());

    assertThat(again).containsExactly(before);
    assertThat(after).isNotEqualTo(before);
    assertThat(IntStream.range(0, 40).filter(i -> before[i] < 1.5)).hasSizeBetween(1, 39);
  }
}
