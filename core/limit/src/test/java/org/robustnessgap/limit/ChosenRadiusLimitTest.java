package org.robustnessgap.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;
import org.robustnessgap.limit.ClopperPearson.End;

class ChosenRadiusLimitTest {
  private static final LatentLimit TEN = new LatentLimit(ClassMeasures.equiprobable(10));

  /** The upper limit of 95 % confidence. */
  private static final ClopperPearson UPPER = new ClopperPearson(End.UPPER, 0.1);

  private static final double SPREAD = 0.3;
  private static final double[] RADII =
      IntStream.range(0, 12).mapToDouble(i -> 0.2 * Math.pow(1.05, i)).toArray();

  /**
   * The worst case for a choice: at every radius the same limit 1 is true, and displacements are
   * independent. The chosen radius errs as often as it may, the smallest of all much more often.
   */
  @Test
  void isNoSmallerThanTheTruthAsOftenAsItSays() {
    Random random = new Random(3);
    double p = 0.25;
    int rounds = 2000;
    int held = 0;
    int smallestHeld = 0;
    for (int round = 0; round < rounds; round++) {
      ProbabilisticModulus choosing = equallyGood(random, p, 32);
      ProbabilisticModulus deciding = equallyGood(random, p, 224);
      // Rounded towards the truth, which is 1 only to the last digits of the normal distribution.
      held += distance(new ChosenRadiusLimit(TEN, choosing, deciding, UPPER), p) > 1 - 1e-9 ? 1 : 0;
      smallestHeld += distance(new ImageLimit(TEN, deciding, UPPER), p) > 1 - 1e-9 ? 1 : 0;
    }
    // 95 % less three standard deviations.
    assertThat(held).isGreaterThan((int) (rounds * 0.935));
    assertThat(smallestHeld).isLessThan(rounds * 3 / 4);
  }

  private static double distance(LimitCurve limit, double p) {
    return limit.quantile(p).orElseThrow();
  }

  /** P(D_t > 1) = L(t) − p at each radius. */
  private static ProbabilisticModulus equallyGood(Random random, double p, int samples) {
    double[][] displacements =
        Arrays.stream(RADII)
            .mapToObj(
                t -> {
                  double at =
                      NormalDistribution.of(0, 1)
                          .inverseSurvivalProbability(TEN.probability(t) - p);
                  return IntStream.range(0, samples)
                      .mapToDouble(i -> Math.exp(SPREAD * (random.nextGaussian() - at)))
                      .toArray();
                })
            .toArray(double[][]::new);
    return new ProbabilisticModulus(RADII, displacements);
  }

  /** With perfect knowledge at every radius, choosing and taking the smallest are the same. */
  @Test
  void approachesTheSupremum() {
    double[] radii = IntStream.rangeClosed(1, 60).mapToDouble(i -> 0.01 * i).toArray();
    ProbabilisticModulus modulus = linear(radii, 20_000);
    ChosenRadiusLimit chosen = new ChosenRadiusLimit(TEN, modulus, modulus, UPPER);
    ImageLimit smallest = new ImageLimit(TEN, modulus, UPPER);
    for (double p : new double[] {0.05, 0.25, 0.5}) {
      assertThat(distance(chosen, p)).isCloseTo(distance(smallest, p), within(1e-3));
      double radius = chosen.radius(p).orElseThrow();
      assertThat(radius).isGreaterThan(TEN.quantile(p).orElseThrow());
    }
  }

  /** D_t = t times a log-normal number, the same for all t. */
  private static ProbabilisticModulus linear(double[] radii, int samples) {
    NormalDistribution normal = NormalDistribution.of(0, SPREAD);
    return new ProbabilisticModulus(
        radii,
        Arrays.stream(radii)
            .mapToObj(
                t ->
                    IntStream.range(0, samples)
                        .mapToDouble(
                            i ->
                                t
                                    * Math.exp(
                                        normal.inverseCumulativeProbability((i + 0.5) / samples)))
                        .toArray())
            .toArray(double[][]::new));
  }

  @Test
  void theCurveAscendsAndReachesNoQuantileTooEarly() {
    Random random = new Random(4);
    for (int round = 0; round < 20; round++) {
      ChosenRadiusLimit limit =
          new ChosenRadiusLimit(
              TEN, equallyGood(random, 0.25, 20), equallyGood(random, 0.25, 150), UPPER);
      double largest = 0;
      for (int i = 1; i < 400; i++) {
        double p = i / 400.0;
        double eta = limit.quantile(p).orElse(Double.POSITIVE_INFINITY);
        largest = Math.max(largest, eta);
        if (largest < Double.POSITIVE_INFINITY) {
          assertThat(limit.probability(largest)).isGreaterThanOrEqualTo(p);
          assertThat(limit.probability(Math.nextDown(eta))).isLessThan(p);
        }
      }
      assertThat(limit.probability(0)).isZero();
      assertThat(limit.probability(1e9)).isPositive().isLessThan(TEN.probability(RADII[11]));
    }
  }

  @Test
  void isEmptyWhereNoRadiusReaches() {
    ProbabilisticModulus close = new ProbabilisticModulus(new double[] {0.1}, new double[1][500]);
    ChosenRadiusLimit limit = new ChosenRadiusLimit(TEN, close, close, UPPER);
    // L(0.1) = 0.164; nothing moves, so all of it but the uncertainty of p is proven.
    assertThat(limit.quantile(0.25)).isEmpty();
    assertThat(limit.radius(0.25)).isEmpty();
    assertThat(limit.quantile(0.15)).hasValue(0);
    assertThat(limit.radius(0.15)).hasValue(0.1);
  }
}
