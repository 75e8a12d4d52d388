package org.robustnessgap.campaign.fold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleToIntFunction;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.campaign.evidence.LimitEvidence;
import org.robustnessgap.campaign.quantile.LabelledDistances;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.RobustnessGap.QuantileGap;
import org.robustnessgap.messages.RobustnessGap.SpaceGap;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.Subject;
import org.robustnessgap.messages.TheoreticalLimits.Kind;
import org.robustnessgap.messages.TheoreticalLimits.SpaceLimit;
import org.robustnessgap.messages.Window;

/** Latent vectors whose first coordinate alone decides: r_Z is the distance to the next wall. */
final class MixGapsTest {
  private static final Subject SUBJECT = new Subject(JobKind.ATTACK, "c", "f");
  private static final int SAMPLES = 20_000;
  private static final double P = 0.25;

  /** Where the classes are half-spaces, no classifier is more robust, whatever the mix. */
  @ParameterizedTest
  @ValueSource(longs = {1_000, 500_000, 900_000})
  void aHalfSpaceReachesTheLimit(long ofTheSmaller) {
    QuantileGap gap =
        gap(
            2,
            z -> z > 0.8 ? 1 : 0,
            z -> Math.abs(z - 0.8),
            1_000_000 - ofTheSmaller,
            ofTheSmaller);

    assertThat(gap.gapRatio()).isCloseTo(1, within(0.03));
    assertThat(gap.limit()).isBetween(gap.measuredLower(), gap.measuredUpper());
    assertThat(gap.limit()).isBetween(gap.limitLower(), gap.limitUpper());
  }

  @Test
  void slabsStayBelowIt() {
    DoubleUnaryOperator toTheNextWall = z -> Math.min(Math.abs(z + 0.5), Math.abs(z - 0.5));
    DoubleToIntFunction slab = z -> z < -0.5 ? 0 : z < 0.5 ? 1 : 2;

    QuantileGap middle = gap(3, slab, toTheNextWall, 50_000, 900_000, 50_000);
    QuantileGap sides = gap(3, slab, toTheNextWall, 450_000, 100_000, 450_000);

    assertThat(middle.gapRatio()).isGreaterThan(1.5);
    assertThat(middle.measuredUpper()).isLessThan(middle.limit());
    assertThat(sides.gapRatio()).isGreaterThan(1);
  }

  @Test
  void whatIsNeverGeneratedCountsAsFartherThanAllOnBothSides() {
    DoubleToIntFunction half = z -> z > 0 ? 1 : 0;
    QuantileGap known = gap(3, half, Math::abs, 500_000, 500_000, 0);
    QuantileGap some = gap(3, half, Math::abs, 400_000, 400_000, 200_000);
    QuantileGap most = gap(3, half, Math::abs, 100_000, 100_000, 800_000);

    assertThat(some.limit()).isGreaterThan(known.limit());
    assertThat(some.gapRatio()).isCloseTo(1, within(0.03));
    assertThat(most.limit()).isNull();
    assertThat(most.measured()).isNull();
    assertThat(most.gapRatio()).isNull();
  }

  private static QuantileGap gap(
      int classes, DoubleToIntFunction label, DoubleUnaryOperator distance, long... counts) {
    List<Long> mix = LongStream.of(counts).boxed().toList();
    Random random = new Random(6);
    List<SampleResult> samples = new ArrayList<>();
    Map<Integer, LabelledDistances> byLabel = new HashMap<>();
    for (int i = 0; i < SAMPLES; i++) {
      double z = random.nextGaussian();
      Outcome outcome = new Outcome.Found(distance.applyAsDouble(z), 0, null, 1, 1);
      int own = label.applyAsInt(z);
      samples.add(new SampleResult(i, own, 1, 1, Map.of(Space.LATENT, outcome)));
      byLabel.merge(
          own, LabelledDistances.EMPTY.plus(outcome), (known, one) -> known.plus(outcome));
    }
    LimitEvidence evidence = new LimitEvidence();
    evidence.add(
        new AttackResult(
            new JobId("c", JobKind.ATTACK, "f", 0),
            new Window(0, SAMPLES),
            classes,
            1,
            "w",
            "e",
            1,
            samples));
    Map<Space, SpaceLimit> limits = evidence.limits(SUBJECT, List.of(P), mix);
    double normaliser = limits.get(Space.LATENT).normaliser();
    QuantileGap asked = new QuantileGap(P, null, null, null, null, null, null, null, null, null);
    SpaceGap own = new SpaceGap(Kind.EXACT, normaliser, SAMPLES, 0, 0, List.of(asked));
    return MixGaps.of(Map.of(Space.LATENT, own), Map.of(Space.LATENT, byLabel), limits, mix)
        .get(Space.LATENT)
        .quantiles()
        .get(0);
  }
}
