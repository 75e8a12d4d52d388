package org.robustnessgap.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.messages.InvalidInputException;

final class MixLimitTest {
  private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);
  private static final double[] MEASURES = {0.5, 0.3, 0.15, 0.05};

  @Test
  void isTheLatentLimitForTheGeneratorsOwnMix() {
    LatentLimit own = new LatentLimit(ClassMeasures.of(MEASURES));
    MixLimit mix = new MixLimit(MEASURES, MEASURES);
    for (double t : new double[] {1e-6, 0.01, 0.3, 1, 3}) {
      assertThat(mix.probability(t))
          .isCloseTo(own.probability(t), Percentage.withPercentage(1e-10));
    }
    for (double p : new double[] {0.01, 0.25, 0.5, 0.9}) {
      assertThat(mix.quantile(p).orElseThrow())
          .isCloseTo(own.quantile(p).orElseThrow(), Percentage.withPercentage(1e-10));
    }
    assertThat(mix.held(0.37)).isCloseTo(0.37, within(1e-15));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.1, 0.5, 1})
  void betweenTwoEqualClassesTheMixDoesNotMatter(double share) {
    MixLimit limit = new MixLimit(new double[] {0.5, 0.5}, new double[] {share, 1 - share});

    assertThat(limit.quantile(0.25).orElseThrow()).isCloseTo(0.3186393640, within(1e-10));
    assertThat(limit.quantile(0.5).orElseThrow()).isCloseTo(0.6744897502, within(1e-10));
  }

  /** Of z ≥ a with z normal, the share [Φ(a + t) − Φ(a)] / Q(a) is within t of a. */
  @Test
  void isAnEqualityForHalfSpaces() {
    double a = NORMAL.inverseSurvivalProbability(0.2);
    double t = 0.7;
    double above = (NORMAL.survivalProbability(a) - NORMAL.survivalProbability(a + t)) / 0.2;
    double below = (NORMAL.cumulativeProbability(a) - NORMAL.cumulativeProbability(a - t)) / 0.8;

    assertThat(new MixLimit(new double[] {0.2, 0.8}, new double[] {0.6, 0.4}).probability(t))
        .isCloseTo(0.6 * above + 0.4 * below, within(1e-12));
  }

  /** Slabs between walls: each class is left by the nearer one. */
  @Test
  void isNeverAboveWhatSlabsHave() {
    double[] walls = {Double.NEGATIVE_INFINITY, -0.9, 0.1, 0.8, Double.POSITIVE_INFINITY};
    double[] measures =
        IntStream.range(0, 4)
            .mapToDouble(i -> NORMAL.probability(walls[i], walls[i + 1]))
            .toArray();
    Random random = new Random(1);
    for (int repetition = 0; repetition < 50; repetition++) {
      double[] mix = mix(random, 4);
      MixLimit limit = new MixLimit(measures, mix);
      for (double t : new double[] {0.01, 0.1, 0.3, 0.6, 2}) {
        double within = 0;
        for (int i = 0; i < 4; i++) {
          double from = Math.min(walls[i] + t, walls[i + 1]);
          double to = Math.max(walls[i + 1] - t, walls[i]);
          double left = to > from ? NORMAL.probability(from, to) : 0;
          within += mix[i] * (1 - left / measures[i]);
        }
        assertThat(limit.probability(t)).isLessThanOrEqualTo(within + 1e-12);
      }
    }
  }

  @Test
  void moreOfASmallClassIsNearer() {
    double before = Double.POSITIVE_INFINITY;
    for (double share : new double[] {0, 0.25, 0.5, 0.75, 1}) {
      MixLimit limit = new MixLimit(new double[] {0.1, 0.9}, new double[] {share, 1 - share});
      double quantile = limit.quantile(0.25).orElseThrow();
      assertThat(quantile).isLessThan(before);
      assertThat(limit.probability(quantile)).isCloseTo(0.25, within(1e-12));
      before = quantile;
    }
  }

  @Test
  void aClassThatIsNeverGeneratedCountsAsFartherThanAll() {
    MixLimit limit = new MixLimit(new double[] {0.5, 0.5, 0}, new double[] {0.4, 0.4, 0.2});

    assertThat(limit.quantile(0.4).orElseThrow()).isCloseTo(0.6744897502, within(1e-10));
    assertThat(limit.quantile(0.8)).isEmpty();
    assertThat(limit.probability(100)).isCloseTo(0.8, within(1e-12));
  }

  @Test
  void aSingleClassIsNeverLeft() {
    MixLimit limit = new MixLimit(new double[] {1, 0}, new double[] {0.5, 0.5});

    assertThat(limit.quantile(0.01)).isEmpty();
    assertThat(limit.probability(10)).isZero();
  }

  @Test
  void latentVectorsHoldTheMostFavouredClassesFirst() {
    MixLimit limit = new MixLimit(new double[] {0.5, 0.5}, new double[] {0.1, 0.9});

    assertThat(limit.held(0.25)).isCloseTo(0.45, within(1e-15));
    assertThat(limit.held(0.75)).isCloseTo(0.95, within(1e-15));
    assertThat(limit.held(1)).isCloseTo(1, within(1e-15));
  }

  /**
   * Half-spaces of measure ½; images of the one move twice as far as those of the other, so there
   * r_in = 2 r_Z, here r_in = r_Z.
   */
  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.5, 0.9})
  void inImagesItHoldsAlsoWhereTheFavouredClassMovesFarther(double farther) {
    double[] radii = {0.1, 0.3, 0.5, 1, 2};
    double[][] displacements = new double[radii.length][1000];
    for (int i = 0; i < radii.length; i++) {
      for (int z = 0; z < 1000; z++) {
        displacements[i][z] = z % 2 == 0 ? 2 * radii[i] : radii[i];
      }
    }
    MixLimit mix = new MixLimit(new double[] {0.5, 0.5}, new double[] {farther, 1 - farther});
    ImageLimit limit =
        new ImageLimit(
            mix,
            new ProbabilisticModulus(radii, displacements),
            new ClopperPearson(ClopperPearson.End.UPPER, 0.1));

    for (double eta = 0.05; eta < 4; eta += 0.05) {
      double within = farther * folded(eta / 2) + (1 - farther) * folded(eta);
      assertThat(limit.probability(eta)).isLessThanOrEqualTo(within + 1e-12);
    }
    assertThat(limit.quantile(0.25).orElseThrow()).isBetween(0.6, 1.2);
  }

  /** P(|z| ≤ t). */
  private static double folded(double t) {
    return NORMAL.probability(-t, t);
  }

  @Test
  void theRegionEnclosesTheTruthAtLeastAsOftenAsItSays() {
    double[] mix = {0.05, 0.15, 0.2, 0.6};
    MixLimit truth = new MixLimit(MEASURES, mix);
    Random random = new Random(2);
    int repetitions = 400;
    int enclosed = 0;
    for (int repetition = 0; repetition < repetitions; repetition++) {
      MixRegion region =
          new MixRegion(counts(random, MEASURES, 300), counts(random, mix, 200), 0.05);
      MixLimit highest = region.highest();
      MixLimit lowest = region.lowest();
      boolean all = true;
      for (double t : new double[] {0.05, 0.2, 0.5, 1}) {
        all &= highest.probability(t) >= truth.probability(t);
        all &= lowest.probability(t) <= truth.probability(t);
        all &= highest.held(t / 2) <= truth.held(t / 2) + 1e-12;
        all &= lowest.held(t / 2) >= truth.held(t / 2) - 1e-12;
      }
      enclosed += all ? 1 : 0;
    }
    assertThat(enclosed).isGreaterThanOrEqualTo((int) (0.945 * repetitions));
  }

  @Test
  void theRegionEnclosesTheFrequencies() {
    List<Long> generated = List.of(60L, 0L, 40L);
    List<Long> mix = List.of(10L, 3L, 87L);
    MixRegion region = new MixRegion(generated, mix, 0.05);
    MixLimit limit = MixRegion.ofFrequencies(generated, mix);

    for (double t : new double[] {0.05, 0.2, 0.5, 1, 5}) {
      assertThat(region.lowest().probability(t)).isLessThan(limit.probability(t));
      assertThat(region.highest().probability(t)).isGreaterThan(limit.probability(t));
    }
    assertThat(limit.quantile(0.98)).isEmpty();
    assertThat(region.highest().quantile(0.98)).isPresent();
    assertThat(region.lowest().quantile(0.93)).isEmpty();
  }

  @Test
  void refusesWhatIsNoMix() {
    assertThatThrownBy(() -> new MixLimit(new double[] {0.5, 0.5}, new double[] {0.5, 0.4}))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("sum to 0.9");
    assertThatThrownBy(() -> new MixLimit(new double[] {0.5, 0.5}, new double[] {1}))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("2 classes and the mix has 1");
    assertThatThrownBy(() -> new MixRegion(List.of(1L, 2L), List.of(0L, 0L), 0.05))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("No mix follows");
    assertThatThrownBy(() -> MixRegion.ofFrequencies(List.of(1L, 2L), List.of(3L, -1L)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("fewer than 0");
  }

  private static double[] mix(Random random, int classes) {
    double[] shares = random.doubles(classes).map(u -> -Math.log(u)).toArray();
    double sum = Arrays.stream(shares).sum();
    return Arrays.stream(shares).map(share -> share / sum).toArray();
  }

  private static List<Long> counts(Random random, double[] probabilities, int trials) {
    Long[] counts = new Long[probabilities.length];
    Arrays.fill(counts, 0L);
    for (int trial = 0; trial < trials; trial++) {
      double u = random.nextDouble();
      int i = 0;
      while (i < probabilities.length - 1 && u >= probabilities[i]) {
        u -= probabilities[i++];
      }
      counts[i]++;
    }
    return List.of(counts);
  }
}
