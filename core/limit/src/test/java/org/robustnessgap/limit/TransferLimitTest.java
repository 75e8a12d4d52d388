package org.robustnessgap.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.robustnessgap.messages.InvalidInputException;

class TransferLimitTest {
  @Test
  void classifiersThatAgreeHaveTheLatentLimit() {
    ClassMeasures measures = ClassMeasures.of(0.7, 0.2, 0.1);
    LatentLimit latent = new LatentLimit(measures);
    TransferLimit same = new TransferLimit(measures, 0);
    for (double t : new double[] {0.01, 0.3, 2, 8}) {
      assertThat(same.probability(t)).isCloseTo(latent.probability(t), within(1e-15));
    }
    assertThat(same.quantile(0.25)).isEqualTo(latent.quantile(0.25));
  }

  /**
   * Two half-spaces at an angle θ disagree on δ = θ/π of the data, and the nearest point that fools
   * both lies in the opposite wedge: the limit must not exceed what is found by drawing points.
   */
  @Test
  void holdsForTwoHalfSpacesAtAnAngle() {
    Random random = new Random(31);
    int samples = 100_000;
    for (double angle : new double[] {0.02, 0.1, 0.4}) {
      TransferLimit limit = new TransferLimit(ClassMeasures.equiprobable(2), angle / Math.PI);
      double[] distances = new double[samples];
      for (int i = 0; i < samples; i++) {
        distances[i] = toOppositeWedge(random.nextGaussian(), random.nextGaussian(), angle);
      }
      for (double t : new double[] {0.1, 0.3, 0.6745, 1, 2, 3}) {
        double found = 0;
        for (double distance : distances) {
          found += distance <= t ? 1.0 / samples : 0;
        }
        double fourErrors = 4 * Math.sqrt(0.25 / samples);
        assertThat(limit.probability(t)).isLessThanOrEqualTo(found + fourErrors);
        // Not vacuous: what is lost stays within the 3δ that the proof gives away.
        assertThat(limit.probability(t))
            .isGreaterThanOrEqualTo(found - 3 * angle / Math.PI - fourErrors);
      }
    }
  }

  /** From a point to where both z₁ and z·(cos θ, sin θ) have the other sign. */
  private static double toOppositeWedge(double x, double y, double angle) {
    double first = x;
    double second = x * Math.cos(angle) + y * Math.sin(angle);
    double a = Math.signum(first);
    double b = Math.signum(second);
    // Projections onto one boundary that satisfy the other constraint, or else the origin.
    double best = Math.hypot(x, y);
    if (b * y * Math.sin(angle) <= 0) {
      best = Math.min(best, Math.abs(first));
    }
    double px = x - second * Math.cos(angle);
    if (a * px <= 0) {
      best = Math.min(best, Math.abs(second));
    }
    return best;
  }

  @Test
  void exceedsTheClosedFormWhereverThatApplies() {
    Random random = new Random(32);
    int compared = 0;
    for (int round = 0; round < 200; round++) {
      double[] drawn = LatentLimitTest.randomMeasures(random, 3 + random.nextInt(20));
      ClassMeasures measures = ClassMeasures.of(drawn);
      double disagreement = 0.3 * random.nextDouble();
      TransferLimit general = new TransferLimit(measures, disagreement);
      ClosedFormLimit closed =
          ClosedFormLimit.transfer(measures, disagreement).asOptional().orElse(null);
      for (double t = 0.01; closed != null && t < 12; t *= 1.2) {
        assertThat(general.probability(t)).isGreaterThanOrEqualTo(closed.probability(t) - 1e-15);
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(1_000);
  }

  @Test
  void isTheLeastOverWhereTheDisagreementLies() {
    ClassMeasures measures = ClassMeasures.of(0.5, 0.3, 0.2);
    TransferLimit limit = new TransferLimit(measures, 0.06);
    Random random = new Random(33);
    for (int round = 0; round < 500; round++) {
      double u = 0.06 * random.nextDouble();
      double v = (0.06 - u) * random.nextDouble();
      double[] raised = {0.5 + u, 0.3 + v, 0.2 + 0.06 - u - v};
      double t = 4 * random.nextDouble();
      double sum = -2 * 0.06;
      for (double m : raised) {
        sum += Gaussian.nearComplement(Gaussian.offset(m, 1 - m), t);
      }
      assertThat(limit.probability(t)).isLessThanOrEqualTo(Math.max(0, sum) + 1e-14);
    }
  }

  @Test
  void quantilesInvertItUpToWhatDisagreementLeaves() {
    TransferLimit limit = new TransferLimit(ClassMeasures.equiprobable(10), 0.1);
    for (double p : new double[] {1e-6, 0.05, 0.25, 0.5, 0.8, 0.899999}) {
      double t = limit.quantile(p).orElseThrow();
      assertThat(limit.probability(t)).isCloseTo(p, within(2e-15));
    }
    assertThat(limit.quantile(0.9)).isEmpty();
    assertThat(limit.probability(0)).isZero();
    TransferLimit nothing = new TransferLimit(ClassMeasures.of(0.9, 0.1), 0.1);
    assertThat(nothing.probability(30)).isZero();
    assertThat(nothing.quantile(0.01)).isEmpty();
  }

  @Test
  void anObservedDisagreementHasAnInterval() {
    Disagreement disagreement = new Disagreement(12, 512);
    assertThat(disagreement.observed()).isEqualTo(0.0234375);
    assertThat(disagreement.lower()).isBetween(0.012, disagreement.observed());
    assertThat(disagreement.upper()).isBetween(disagreement.observed(), 0.041);
    assertThatThrownBy(() -> new Disagreement(5, 4))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("cannot differ on 5 of 4");
  }
}
