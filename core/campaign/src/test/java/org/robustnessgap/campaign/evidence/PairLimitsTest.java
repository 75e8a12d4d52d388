package org.robustnessgap.campaign.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.robustnessgap.limit.ClassMeasures;
import org.robustnessgap.limit.Disagreement;
import org.robustnessgap.limit.JointTransferLimit;
import org.robustnessgap.limit.LatentLimit;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.PairId;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.TheoreticalLimits.Kind;
import org.robustnessgap.messages.TheoreticalLimits.QuantileLimit;
import org.robustnessgap.messages.TheoreticalLimits.SpaceLimit;
import org.robustnessgap.messages.TransferLimits;

/** What labels of two classifiers say about the perturbations they share. */
class PairLimitsTest {
  private static final PairId PAIR = new PairId("c", "lenet", "vgg");
  private static final List<Double> QUANTILES = List.of(0.05, 0.25);

  private final LimitEvidence evidence = new LimitEvidence();

  private TransferLimits limits() {
    return (TransferLimits) evidence.limits(PAIR.about(), QUANTILES).orElseThrow();
  }

  /** A quarter of class 0, a quarter of 1, half of 2, of which the second disputes one in n. */
  private static int[][] labels(int samples, int disputed) {
    return IntStream.range(0, samples)
        .mapToObj(
            i -> {
              int label = Math.min(i % 4, 2);
              return new int[] {label, i % disputed == 0 ? (label + 1) % 3 : label};
            })
        .toArray(int[][]::new);
  }

  @Test
  void labelsGiveTheDisagreementAndTheLimit() {
    evidence.add(Results.transfer(PAIR, 0, labels(400, 20)));
    TransferLimits limits = limits();
    Disagreement expected = new Disagreement(20, 400);

    assertThat(limits.pair()).isEqualTo(PAIR);
    assertThat(limits.disagreement())
        .isEqualTo(new TransferLimits.Disagreement(20, 400, expected.lower(), expected.upper()));
    assertThat(limits.smoothnessSamples()).isNull();
    SpaceLimit latent = limits.spaces().get(Space.LATENT);
    assertThat(latent.kind()).isEqualTo(Kind.EXACT);
    // The disputed ones are of class 0, and the second calls them 1.
    JointTransferLimit limit = new JointTransferLimit(0.25, 0.3, 0.5);
    for (QuantileLimit at : latent.quantiles()) {
      assertThat(at.distance())
          .isEqualTo(limit.quantile(at.quantile()).orElseThrow())
          .isBetween(at.lower(), at.upper());
    }
    assertThat(latent.curve())
        .hasSizeGreaterThan(10)
        .allSatisfy(
            point ->
                assertThat(point.probability()).isEqualTo(limit.probability(point.distance())));
    // It comes near its supremum, 1 − δ.
    assertThat(latent.curve().get(latent.curve().size() - 1).probability()).isBetween(0.94, 0.95);
  }

  @Test
  void displacementsCarryTheLimitIntoImages() {
    evidence.add(Results.transfer(PAIR, 0, labels(4000, 100)));
    evidence.add(Results.smoothness("c", 0, 1000, 5));
    TransferLimits limits = limits();
    QuantileLimit image = limits.spaces().get(Space.UNCONSTRAINED).quantiles().get(1);

    assertThat(limits.smoothnessSamples()).isEqualTo(1000);
    assertThat(limits.spaces().get(Space.UNCONSTRAINED))
        .isEqualTo(limits.spaces().get(Space.IN_DISTRIBUTION));
    // Images move by 5t; of the radii of the plan, 0.3 is the first that proves the quantile.
    assertThat(new JointTransferLimit(0.25, 0.26, 0.5).probability(0.3)).isGreaterThan(0.25);
    assertThat(image.distance()).isEqualTo(1.5).isBetween(image.lower(), image.upper());
  }

  @Test
  void classifiersThatAgreeHaveTheLimitOfOne() {
    evidence.add(Results.transfer(PAIR, 0, labels(40, 1000)[1], labels(40, 1000)[2]));

    assertThat(limits().disagreement().observed()).isZero();
    assertThat(limits().spaces().get(Space.LATENT).quantiles().get(1).distance())
        .isEqualTo(new LatentLimit(ClassMeasures.of(0, 0.5, 0.5)).quantile(0.25).orElseThrow());
  }

  @Test
  void classifiersThatAlwaysDifferHaveNoLimit() {
    evidence.add(Results.transfer(PAIR, 0, labels(40, 1)));
    SpaceLimit latent = limits().spaces().get(Space.LATENT);

    assertThat(latent.quantiles())
        .allSatisfy(
            at -> {
              assertThat(at.distance()).isNull();
              assertThat(at.upper()).isNull();
            });
    assertThat(latent.curve()).isNotEmpty();
  }

  @Test
  void countsEachSampleOnceAndOnlyWithBothLabels() {
    assertThat(evidence.add(Results.transfer(PAIR, 0, new int[] {0, 1}, new int[] {1, -1})))
        .isTrue();
    assertThat(evidence.add(Results.transfer(PAIR, 0, new int[] {0, 1}, new int[] {1, -1})))
        .isFalse();
    assertThat(evidence.add(Results.transfer(PAIR, 2, new int[] {-1, 0}))).isFalse();

    assertThat(limits().disagreement().samples()).isOne();
    assertThat(evidence.subjects("c")).containsExactly(PAIR.about());
    assertThat(evidence.subjects("d")).isEmpty();
    assertThat(evidence.limits(new PairId("c", "a", "b").about(), QUANTILES)).isEmpty();
  }

  @Test
  void anotherNumberOfClassesIsRefused() {
    evidence.add(Results.transfer(PAIR, 0, labels(4, 4)));
    assertThatThrownBy(() -> evidence.add(Results.transfer(4, PAIR, 4, labels(4, 4))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("c/transfer/lenet~vgg/4")
        .hasMessageContaining("4 classes");
  }

  /** Two half-spaces at an angle, whose measures and disagreement are known. */
  @Test
  void theIntervalCoversPerfectKnowledge() {
    double angle = 0.2;
    double truth =
        new JointTransferLimit((1 + angle / Math.PI) / 2, (1 + angle / Math.PI) / 2)
            .quantile(0.25)
            .orElseThrow();
    SplittableRandom random = new SplittableRandom(5);
    int repetitions = 500;
    int covered = 0;
    for (int i = 0; i < repetitions; i++) {
      PairId pair = new PairId("r" + i, "f", "h");
      evidence.add(Results.transfer(2, pair, 0, halfSpaces(random, angle, 200)));
      QuantileLimit at =
          evidence
              .limits(pair.about(), List.of(0.25))
              .orElseThrow()
              .spaces()
              .get(Space.LATENT)
              .quantiles()
              .get(0);
      boolean below = at.upper() == null || truth <= at.upper();
      covered += at.lower() <= truth && below ? 1 : 0;
    }
    assertThat(covered).isGreaterThanOrEqualTo((int) (0.95 * repetitions));
  }

  private static int[][] halfSpaces(SplittableRandom random, double angle, int samples) {
    int[][] labels = new int[samples][];
    for (int i = 0; i < samples; i++) {
      double x = random.nextGaussian();
      double y = random.nextGaussian();
      labels[i] =
          new int[] {x >= 0 ? 0 : 1, x * Math.cos(angle) + y * Math.sin(angle) >= 0 ? 0 : 1};
    }
    return labels;
  }
}
