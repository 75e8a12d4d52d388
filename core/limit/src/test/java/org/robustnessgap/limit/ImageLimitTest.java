package org.robustnessgap.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.robustnessgap.limit.ClopperPearson.End;
import org.robustnessgap.messages.InvalidInputException;

class ImageLimitTest {
  private static final LatentLimit TEN = new LatentLimit(ClassMeasures.equiprobable(10));
  private static final ClopperPearson UPPER = new ClopperPearson(End.UPPER, 0.05);
  private static final ClopperPearson LOWER = new ClopperPearson(End.LOWER, 0.05);

  /** g(z) = σz moves every image by σt: what remains is the limit at the radius that suffices. */
  @Test
  void linearGeneratorScalesTheLatentLimit() {
    double sigma = 3;
    double[] radii = IntStream.rangeClosed(1, 400).mapToDouble(i -> i * 0.001).toArray();
    double[][] displacements =
        Arrays.stream(radii)
            .mapToObj(t -> IntStream.range(0, 100_000).mapToDouble(i -> sigma * t).toArray())
            .toArray(double[][]::new);
    ImageLimit limit = new ImageLimit(TEN, new ProbabilisticModulus(radii, displacements), UPPER);
    double exact = sigma * TEN.quantile(0.25).orElseThrow();
    assertThat(limit.quantile(0.25).orElseThrow()).isBetween(exact, exact + 2 * sigma * 0.001);
    assertThat(limit.probability(sigma * 0.2))
        .isCloseTo(TEN.probability(0.2), within(UPPER.of(0, 100_000) + 1e-12))
        .isLessThan(TEN.probability(0.2));
  }

  @Test
  void theQuantileIsTheFirstDistanceThatReachesIt() {
    Random random = new Random(5);
    for (ClopperPearson end : new ClopperPearson[] {UPPER, LOWER}) {
      for (int round = 0; round < 20; round++) {
        ImageLimit limit =
            new ImageLimit(TEN, logNormal(random.nextDouble(), 50 + random.nextInt(200)), end);
        for (double p : new double[] {0.05, 0.25, 0.5, 0.9}) {
          double eta = limit.quantile(p).orElseThrow();
          assertThat(limit.probability(eta)).isGreaterThanOrEqualTo(p);
          if (eta > 0) {
            assertThat(limit.probability(Math.nextDown(eta))).isLessThan(p);
          }
        }
      }
    }
  }

  @Test
  void neverDescendsAndStaysBelowTheLatentLimit() {
    ProbabilisticModulus modulus = logNormal(0.35, 200);
    ImageLimit limit = new ImageLimit(TEN, modulus, UPPER);
    double previous = 0;
    for (double eta = 0; eta < 1.1 * modulus.largest(); eta += 0.1) {
      double probability = limit.probability(eta);
      assertThat(probability)
          .isGreaterThanOrEqualTo(previous)
          .isLessThanOrEqualTo(TEN.probability(2.5));
      previous = probability;
    }
    assertThat(previous).isPositive();
  }

  @Test
  void cautionRaisesTheLimit() {
    ProbabilisticModulus modulus = logNormal(0.35, 512);
    double bold = new ImageLimit(TEN, modulus, LOWER).quantile(0.25).orElseThrow();
    double cautious = new ImageLimit(TEN, modulus, UPPER).quantile(0.25).orElseThrow();
    double more =
        new ImageLimit(TEN, modulus, new ClopperPearson(End.UPPER, 0.001))
            .quantile(0.25)
            .orElseThrow();
    assertThat(bold).isLessThan(cautious);
    assertThat(cautious).isLessThan(more);
  }

  @Test
  void isEmptyWhereNoRadiusReaches() {
    ProbabilisticModulus close = new ProbabilisticModulus(new double[] {0.1}, new double[1][500]);
    ImageLimit limit = new ImageLimit(TEN, close, UPPER);
    // L(0.1) = 0.164; nothing moves, so all of it but the uncertainty of p is proven.
    assertThat(limit.quantile(0.25)).isEmpty();
    assertThat(limit.quantile(0.15)).hasValue(0);
    assertThat(limit.quantile(0.16)).isEmpty();
  }

  /**
   * The medians of D_t that were measured on a DCGAN for CIFAR-10 with 512 samples and E‖g(z)‖ =
   * 27.0, spread log-normally: limit 0.34 at t = 0.25, or 0.35 with 95 % limits on p, was found
   * there.
   */
  @Test
  void agreesWithAMeasuredGenerator() {
    ProbabilisticModulus modulus = logNormal(0.35, 512);
    double cautious = new ImageLimit(TEN, modulus, UPPER).quantile(0.25).orElseThrow() / 27.0;
    double nearlyExact =
        new ImageLimit(TEN, logNormal(0.35, 100_000), UPPER).quantile(0.25).orElseThrow() / 27.0;
    assertThat(nearlyExact).isCloseTo(0.34, within(0.005));
    assertThat(cautious).isCloseTo(0.35, within(0.01));
    // The distance found is one of those at t = 0.25, where D has median 6.07.
    assertThat(modulus.radius(4)).isEqualTo(0.25);
    double distance = cautious * 27.0;
    assertThat(modulus.exceededBy(4, modulus.exceeding(4, distance)))
        .isCloseTo(distance, Percentage.withPercentage(1e-9));
  }

  /** The Clopper–Pearson limits by their definition through binomial tails. */
  @Test
  void readsProportionsByClopperPearson() {
    double upper = UPPER.of(7, 100);
    double lower = LOWER.of(7, 100);
    assertThat(BinomialDistribution.of(100, upper).cumulativeProbability(7))
        .isCloseTo(0.025, within(1e-9));
    assertThat(BinomialDistribution.of(100, lower).survivalProbability(6))
        .isCloseTo(0.025, within(1e-9));
    assertThat(LOWER.of(0, 10)).isZero();
    assertThat(UPPER.of(10, 10)).isOne();
    assertThat(UPPER.of(2_000_000_000_000L, 8_000_000_000_000L)).isCloseTo(0.25, within(1e-4));
  }

  @Test
  void refusesWhatIsNoSampleOfDisplacements() {
    refused("2 radii", new double[] {1, 2}, new double[][] {{1}});
    refused("radius -1.0", new double[] {-1}, new double[][] {{1}});
    refused("at least one", new double[] {1}, new double[][] {{}});
    refused("finite", new double[] {1}, new double[][] {{1, Double.NaN}});
    refused("not negative", new double[] {1}, new double[][] {{1, -1}});
  }

  private static void refused(String reason, double[] radii, double[][] displacements) {
    assertThatThrownBy(() -> new ProbabilisticModulus(radii, displacements))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(reason);
  }

  /** Evenly spread quantiles of a log-normal distribution around the measured medians. */
  private static ProbabilisticModulus logNormal(double sigma, int samples) {
    double[] radii = {0.02, 0.05, 0.1, 0.158, 0.25, 0.4, 0.6, 1, 1.5, 2.5};
    double[] medians = {0.49, 1.23, 2.47, 3.85, 6.07, 9.82, 14.4, 23.2, 33.3, 49.4};
    NormalDistribution normal = NormalDistribution.of(0, sigma);
    double[][] displacements = new double[radii.length][samples];
    for (int i = 0; i < radii.length; i++) {
      for (int k = 0; k < samples; k++) {
        displacements[i][k] =
            medians[i] * Math.exp(normal.inverseCumulativeProbability((k + 0.5) / samples));
      }
    }
    return new ProbabilisticModulus(radii, displacements);
  }
}
