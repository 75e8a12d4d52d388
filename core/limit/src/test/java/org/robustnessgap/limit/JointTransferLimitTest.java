package org.robustnessgap.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.robustnessgap.messages.InvalidInputException;

class JointTransferLimitTest {
  @Test
  void classifiersThatAgreeHaveTheLatentLimit() {
    LatentLimit latent = new LatentLimit(ClassMeasures.of(0.7, 0.2, 0.1));
    JointTransferLimit same = new JointTransferLimit(0.7, 0.2, 0.1);
    for (double t : new double[] {0, 0.01, 0.3, 2, 8}) {
      assertThat(same.probability(t)).isCloseTo(latent.probability(t), within(1e-15));
    }
    for (double p : new double[] {1e-6, 0.25, 0.5, 0.99}) {
      assertThat(same.quantile(p).orElseThrow())
          .isCloseTo(latent.quantile(p).orElseThrow(), within(1e-12));
    }
  }

  /** Joint answers drawn at random; what is known of one classifier and δ alone proves no more. */
  @Test
  void isNeverLowerThanWithoutTheJointAnswers() {
    Random random = new Random(7);
    for (int round = 0; round < 200; round++) {
      int classes = 3 + random.nextInt(10);
      double[] first = LatentLimitTest.randomMeasures(random, classes);
      double[] either = first.clone();
      double disagreement = 0;
      for (int i = 0; i < classes; i++) {
        double moved = 0.2 * random.nextDouble() * first[i];
        int to = (i + 1 + random.nextInt(classes - 1)) % classes;
        either[to] += moved;
        disagreement += moved;
      }
      JointTransferLimit joint = new JointTransferLimit(either);
      TransferLimit general = new TransferLimit(ClassMeasures.of(first), disagreement);
      for (double t = 0.01; t < 12; t *= 1.3) {
        assertThat(joint.probability(t)).isGreaterThanOrEqualTo(general.probability(t) - 1e-12);
      }
    }
  }

  /**
   * Slabs across a line, answered by two classifiers whose boundaries are shifted: the limit must
   * not exceed how much of the line is near a point that both answer otherwise.
   */
  @Test
  void holdsForShiftedSlabs() {
    for (double shift : new double[] {0.01, 0.1, 0.3}) {
      double[] edges = {-0.8, 0.1, 0.9};
      double[] either = new double[4];
      double step = 1e-4;
      for (double z = -8; z < 8; z += step) {
        double mass = Gaussian.NORMAL.density(z) * step;
        int first = slab(edges, z);
        int second = slab(edges, z - shift);
        either[first] += mass;
        if (second != first) {
          either[second] += mass;
        }
      }
      JointTransferLimit limit = new JointTransferLimit(either);
      for (double t : new double[] {0.05, 0.2, 0.5, 1, 2}) {
        double fooled = 0;
        for (double z = -8; z < 8; z += step) {
          if (fooled(edges, shift, z, t)) {
            fooled += Gaussian.NORMAL.density(z) * step;
          }
        }
        assertThat(limit.probability(t)).isLessThanOrEqualTo(fooled + 1e-3);
      }
    }
  }

  private static int slab(double[] edges, double z) {
    int slab = 0;
    while (slab < edges.length && z >= edges[slab]) {
      slab++;
    }
    return slab;
  }

  private static boolean fooled(double[] edges, double shift, double z, double t) {
    for (double v = -t; v <= t; v += t / 50) {
      boolean first = slab(edges, z + v) != slab(edges, z);
      boolean second = slab(edges, z + v - shift) != slab(edges, z - shift);
      if (first && second) {
        return true;
      }
    }
    return false;
  }

  @Test
  void quantilesInvertItUpToWhatDisagreementLeaves() {
    JointTransferLimit limit = new JointTransferLimit(0.3, 0.3, 0.25, 0.25);
    for (double p : new double[] {1e-6, 0.05, 0.25, 0.5, 0.8, 0.899999}) {
      double t = limit.quantile(p).orElseThrow();
      assertThat(limit.probability(t)).isCloseTo(p, within(1e-14));
    }
    assertThat(limit.quantile(0.9)).isEmpty();
    assertThat(limit.probability(0)).isZero();
  }

  @Test
  void isNeverAboveOneWhateverTheRounding() {
    Random random = new Random(11);
    for (int round = 0; round < 200; round++) {
      double[] measures = LatentLimitTest.randomMeasures(random, 2 + random.nextInt(9));
      assertThat(new JointTransferLimit(measures).probability(20)).isBetween(0.99, 1.0);
    }
  }

  @Test
  void aClassThatOneOfThemAlwaysAnswersCannotBeLeft() {
    JointTransferLimit limit = new JointTransferLimit(1, 0.1);
    assertThat(limit.probability(30)).isZero();
    assertThat(limit.quantile(0.01)).isEmpty();
  }

  @Test
  void answersThatAreNoProbabilitiesAreRefused() {
    assertThatThrownBy(() -> new JointTransferLimit(0.5, 1.2))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("1.2");
    assertThatThrownBy(() -> new JointTransferLimit(0.3, 0.3))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("0.6");
  }
}
