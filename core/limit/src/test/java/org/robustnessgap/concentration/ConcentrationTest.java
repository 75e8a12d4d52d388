package org.robustnessgap.concentration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.limit.RiskLimit;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Norm;

class ConcentrationTest {
  private static final int DIMENSION = 6;

  /** For N(0, I) nothing does with less than a half-space, whose neighbourhood is (L6). */
  @ParameterizedTest
  @CsvSource({"L2, 0.05, 0.5", "L2, 0.2, 1", "LINF, 0.05, 0.5", "LINF, 0.2, 1"})
  void onGaussianDataHalfSpacesReachTheIsoperimetricLimit(Norm norm, double risk, double epsilon) {
    ConcentrationEstimate found = of(gaussian(40_000, 1), norm).estimates(risk, epsilon).get(0);
    assertThat(found.set()).isInstanceOf(HalfSpace.class);
    assertThat(found.testExpanded().fraction())
        .isCloseTo(new RiskLimit(risk).probability(epsilon), within(0.02));
  }

  /** ‖·‖∞ ≤ ‖·‖₂, so more is within ε in ℓ∞, too. */
  @ParameterizedTest
  @EnumSource(Norm.class)
  void onGaussianDataNoFamilyFallsBelowTheIsoperimetricLimit(Norm norm) {
    Concentration concentration = of(gaussian(8000, 2), norm);
    for (double risk : new double[] {0.02, 0.1}) {
      for (double epsilon : new double[] {0, 0.3, 1}) {
        assertThat(concentration.estimates(risk, epsilon))
            .hasSize(2)
            .allSatisfy(
                found ->
                    assertThat(found.forcedAtMost())
                        .isGreaterThan(new RiskLimit(found.leastRisk()).probability(epsilon)));
      }
    }
  }

  /** Spread 3 along (1, 1, 0, …)/√2, where no coordinate points. */
  @Test
  void findsTheDirectionOfLargestSpread() {
    float[][] images = gaussian(40_000, 3);
    for (float[] x : images) {
      float along = (x[0] + x[1]) / 2;
      x[0] += 2 * along;
      x[1] += 2 * along;
    }
    ConcentrationEstimate found = of(images, Norm.L2).estimates(0.05, 1).get(0);
    assertThat(found.set().description()).contains("principal component 1,");
    assertThat(found.testExpanded().fraction())
        .isCloseTo(new RiskLimit(0.05).probability(1.0 / 3), within(0.012));
  }

  /** All but one component are 0, and no direction. */
  @ParameterizedTest
  @EnumSource(Norm.class)
  void imagesOnALineGiveSetsThatHoldEnough(Norm norm) {
    float[][] images = gaussian(2000, 8);
    for (float[] x : images) {
      for (int k = DIMENSION - 1; k >= 0; k--) {
        x[k] = (k + 1) * x[0];
      }
    }
    assertThat(of(images, norm).estimates(0.05, 0.1))
        .allSatisfy(found -> assertThat(found.validationRisk().count()).isGreaterThanOrEqualTo(25));
  }

  /** Two clouds: the rarer and wider one is an error set that nothing else is near. */
  @Test
  void aCloudOfItsOwnIsFoundByEveryFamily() {
    float[][] images = gaussian(8000, 4);
    for (int i = 0; i < images.length; i++) {
      for (int k = 0; k < DIMENSION; k++) {
        images[i][k] = i % 10 == 0 ? 1 + images[i][k] / 20 : images[i][k] / 100;
      }
    }
    for (Norm norm : Norm.values()) {
      assertThat(of(images, norm).estimates(0.08, 0.2))
          .allSatisfy(
              found -> assertThat(found.testExpanded().fraction()).isCloseTo(0.1, within(0.03)));
    }
  }

  @ParameterizedTest
  @EnumSource(Norm.class)
  void atDistanceZeroItIsTheRiskItself(Norm norm) {
    assertThat(of(gaussian(2000, 5), norm).estimates(0.05, 0))
        .allSatisfy(
            found -> {
              assertThat(found.validationExpanded()).isEqualTo(found.validationRisk());
              assertThat(found.testExpanded()).isEqualTo(found.testRisk());
              assertThat(found.validationRisk().count()).isEqualTo(25);
            });
  }

  @ParameterizedTest
  @EnumSource(Norm.class)
  void moreIsNearMoreErrorsAndWithinMore(Norm norm) {
    Concentration concentration = of(gaussian(2000, 6), norm);
    for (int family = 0; family < 2; family++) {
      int f = family;
      assertThat(
              Stream.of(0.0, 0.1, 0.2, 0.4, 0.8)
                  .map(e -> concentration.estimates(0.05, e).get(f).validationExpanded().count()))
          .isSorted();
      assertThat(
              Stream.of(0.01, 0.05, 0.2, 0.6, 0.999)
                  .map(a -> concentration.estimates(a, 0.3).get(f).validationExpanded().count()))
          .isSorted();
    }
  }

  @ParameterizedTest
  @EnumSource(Norm.class)
  void setsHoldEnoughAndAreWithinTheirNeighbourhood(Norm norm) {
    Concentration concentration = of(gaussian(4000, 7), norm);
    for (double risk : new double[] {0.001, 0.05, 0.5, 0.9999}) {
      for (double epsilon : new double[] {0.01, 0.5, 100}) {
        assertThat(concentration.estimates(risk, epsilon))
            .allSatisfy(
                found -> {
                  assertThat(found.validationRisk().fraction()).isGreaterThanOrEqualTo(risk);
                  assertThat(found.validationExpanded().count())
                      .isGreaterThanOrEqualTo(found.validationRisk().count());
                  assertThat(found.testExpanded().count())
                      .isGreaterThanOrEqualTo(found.testRisk().count());
                  assertThat(found.leastRisk()).isLessThan(found.testRisk().fraction() + 1e-12);
                  assertThat(found.forcedAtMost())
                      .isGreaterThanOrEqualTo(found.testExpanded().fraction());
                });
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Norm.class)
  void theSeedDeterminesAll(Norm norm) {
    List<Share> once = shares(norm, 8);
    assertThat(shares(norm, 8)).isEqualTo(once);
    assertThat(shares(norm, 9)).isNotEqualTo(once);
  }

  private static List<Share> shares(Norm norm, long seed) {
    return Concentration.of(Split.of(gaussian(2000, 8), seed), norm, seed)
        .estimates(0.05, 0.4)
        .stream()
        .flatMap(e -> Stream.of(e.validationExpanded(), e.testRisk(), e.testExpanded()))
        .toList();
  }

  /** The limits are wrong for 5 % of the draws at most; seen over 400 sets known exactly. */
  @Test
  void theLimitsHoldTogetherAsOftenAsTheySay() {
    double risk = 0.05;
    double epsilon = 0.5;
    double offset = 1.6448536269514722;
    HalfSpace set = new HalfSpace(new double[] {1, 0, 0, 0, 0, 0}, offset, "known");
    int held = 0;
    for (int draw = 0; draw < 400; draw++) {
      float[][] images = gaussian(500, 100 + draw);
      Share in = new Share(Concentration.count(images, set, 0), images.length);
      Share near = new Share(Concentration.count(images, set, epsilon), images.length);
      ConcentrationEstimate estimate = new ConcentrationEstimate(set, epsilon, in, near, in, near);
      boolean holds =
          estimate.leastRisk() <= risk
              && estimate.forcedAtMost() >= new RiskLimit(risk).probability(epsilon);
      held += holds ? 1 : 0;
    }
    assertThat(held).isGreaterThanOrEqualTo((int) (0.93 * 400));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1, -0.1, Double.NaN})
  void refusesWhatIsNoRisk(double risk) {
    assertThatThrownBy(() -> of(gaussian(100, 9), Norm.L2).estimates(risk, 0.1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("must lie strictly between 0 and 1");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, Double.NaN, Double.POSITIVE_INFINITY})
  void refusesWhatIsNoDistance(double epsilon) {
    assertThatThrownBy(() -> of(gaussian(100, 9), Norm.L2).estimates(0.1, epsilon))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("must be a number of at least 0");
  }

  @Test
  void refusesTooFewImages() {
    assertThatThrownBy(() -> of(gaussian(100, 9), Norm.LINF).estimates(0.01, 0.1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("give at least 400 images");
    assertThatThrownBy(() -> Split.of(gaussian(3, 9), 0))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("cannot be split");
  }

  @Test
  void refusesImagesThatHaveNoDistance() {
    assertThatThrownBy(() -> Split.of(new float[][] {{0, 1}, {0, Float.NaN}, {2, 3}, {4, 5}}, 0))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("Image 1 holds NaN");
    assertThatThrownBy(() -> Split.of(new float[][] {{0, 1}, {0}, {2, 3}, {4, 5}}, 0))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("Image 1 has 1 values and the first 2");
  }

  @Test
  void thePartsShareNoImageAndLoseNone() {
    float[][] images = gaussian(103, 10);
    Split split = Split.of(images, 1);
    assertThat(split.training()).hasNumberOfRows(51);
    assertThat(split.validation()).hasNumberOfRows(25);
    assertThat(Stream.of(split.training(), split.validation(), split.test()).flatMap(Stream::of))
        .containsExactlyInAnyOrder(images);
  }

  private static Concentration of(float[][] images, Norm norm) {
    return Concentration.of(Split.of(images, 0), norm, 0);
  }

  static float[][] gaussian(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[][] points = new float[count][DIMENSION];
    for (float[] point : points) {
      for (int k = 0; k < DIMENSION; k++) {
        point[k] = (float) random.nextGaussian();
      }
    }
    return points;
  }
}
