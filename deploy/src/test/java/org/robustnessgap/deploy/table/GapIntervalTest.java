package org.robustnessgap.deploy.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;
import org.apache.commons.rng.simple.RandomSource;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;
import org.robustnessgap.campaign.evidence.LimitEvidence;
import org.robustnessgap.campaign.fold.Event;
import org.robustnessgap.campaign.fold.State;
import org.robustnessgap.limit.ClassMeasures;
import org.robustnessgap.limit.LatentLimit;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.Limits;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.RobustnessGap;
import org.robustnessgap.messages.RobustnessGap.QuantileGap;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.StreamId;
import org.robustnessgap.messages.Window;

/**
 * The whole way from labels and distances to the interval of the gap ratio, for a classifier whose
 * gap is known: slabs {cₖ ≤ z₁ < cₖ₊₁}, so a point's robustness is its distance to the next cut.
 */
class GapIntervalTest {
  private static final StreamId STREAM = new StreamId("known", "slabs");
  private static final double[] CUTS = {-0.9, 0.1, 0.8};
  private static final int SAMPLES = 200;
  private static final int REPETITIONS = 2_000;

  /**
   * By Bonferroni's inequality alone the interval would be one of 90 %, since limit and measurement
   * have 95 % each; that the limit's interval is simultaneous and both would have to fail in
   * opposite directions makes it one of 95 %.
   */
  @Test
  void coversTheKnownRatio() {
    UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(41L);
    ZigguratSampler.NormalizedGaussian normal = ZigguratSampler.NormalizedGaussian.of(random);
    for (double quantile : new double[] {0.25, 0.5}) {
      double truth = knownRatio(quantile);
      int covered = 0;
      for (int i = 0; i < REPETITIONS; i++) {
        QuantileGap gap = measured(normal, quantile);
        covered +=
            (gap.gapLower() == null || gap.gapLower() <= truth)
                    && (gap.gapUpper() == null || truth <= gap.gapUpper())
                ? 1
                : 0;
      }
      assertThat(covered / (double) REPETITIONS)
          .as("coverage at quantile %s", quantile)
          .isGreaterThanOrEqualTo(0.945);
    }
  }

  private static QuantileGap measured(ZigguratSampler.NormalizedGaussian normal, double quantile) {
    List<SampleResult> samples = new ArrayList<>();
    for (int i = 0; i < SAMPLES; i++) {
      double z = normal.sample();
      int label = label(z);
      Outcome found = new Outcome.Found(distance(z), label == 0 ? 1 : label - 1, null, 1, 1);
      samples.add(new SampleResult(i, label, 1, 1, Map.of(Space.LATENT, found)));
    }
    AttackResult result =
        new AttackResult(
            new JobId(STREAM.campaign(), JobKind.ATTACK, STREAM.classifier(), 0),
            new Window(0, SAMPLES),
            CUTS.length + 1,
            100,
            "worker",
            "engine",
            1,
            samples);
    LimitEvidence evidence = new LimitEvidence();
    evidence.add(result);
    Limits limits = evidence.limits(STREAM.about(), List.of(quantile)).orElseThrow();
    State state =
        State.empty()
            .apply(new Event.Answered(result, 0))
            .apply(new Event.LimitsChanged(limits, 0));
    return ((RobustnessGap) state.gap(STREAM.about()).orElseThrow())
        .spaces()
        .get(Space.LATENT)
        .quantiles()
        .get(0);
  }

  private static int label(double z) {
    int label = 0;
    while (label < CUTS.length && z >= CUTS[label]) {
      label++;
    }
    return label;
  }

  private static double distance(double z) {
    double nearest = Double.POSITIVE_INFINITY;
    for (double cut : CUTS) {
      nearest = Math.min(nearest, Math.abs(z - cut));
    }
    return nearest;
  }

  private static double knownRatio(double quantile) {
    NormalDistribution normal = NormalDistribution.of(0, 1);
    double[] measures = new double[CUTS.length + 1];
    for (int k = 0; k < measures.length; k++) {
      measures[k] =
          normal.probability(
              k == 0 ? Double.NEGATIVE_INFINITY : CUTS[k - 1],
              k == CUTS.length ? Double.POSITIVE_INFINITY : CUTS[k]);
    }
    double limit = new LatentLimit(ClassMeasures.of(measures)).quantile(quantile).orElseThrow();
    // The quantile of the distance to the nearest cut, by bisection of its distribution function.
    double low = 0;
    double high = 5;
    for (int step = 0; step < 60; step++) {
      double middle = (low + high) / 2;
      if (within(normal, middle) < quantile) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return limit / low;
  }

  /** P(|z₁ − cₖ| ≤ r for some k), over intervals that may overlap. */
  private static double within(NormalDistribution normal, double r) {
    double sum = 0;
    double reached = Double.NEGATIVE_INFINITY;
    for (double cut : CUTS) {
      double from = Math.max(reached, cut - r);
      sum += normal.probability(from, cut + r);
      reached = cut + r;
    }
    return sum;
  }
}
