package org.robustnessgap.campaign.fold;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.campaign.quantile.LogHistogram;
import org.robustnessgap.campaign.quantile.QuantileEstimate;
import org.robustnessgap.messages.MeasuredQuantile;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.RobustnessGap.QuantileGap;
import org.robustnessgap.messages.RobustnessGap.SpaceGap;
import org.robustnessgap.messages.TheoreticalLimits.QuantileLimit;
import org.robustnessgap.messages.TheoreticalLimits.SpaceLimit;

/** Limit and measurement side by side, at the same quantile and in the same normalisation. */
final class Gaps {
  private Gaps() {}

  /** While no limit is known, and so neither the quantiles that are asked for nor a normaliser. */
  static SpaceGap withoutLimit(Counts.Outcomes outcomes, @Nullable Norm norm) {
    return new SpaceGap(
        null,
        null,
        outcomes.found(),
        outcomes.notFound(),
        outcomes.failed(),
        List.of(),
        norm,
        null);
  }

  /**
   * @param limit its quantiles are those of the measurement, whether it applies or not
   */
  static SpaceGap spaceGap(
      LogHistogram distances, Counts.Outcomes outcomes, SpaceLimit limit, Comparison comparison) {
    boolean applies = comparison.notApplicable() == null;
    List<QuantileGap> quantiles = new ArrayList<>();
    for (QuantileLimit known : limit.quantiles()) {
      Optional<QuantileEstimate> measured =
          QuantileEstimate.of(distances, outcomes.notFound(), known.quantile());
      quantiles.add(
          quantileGap(
              applies ? known : new QuantileLimit(known.quantile(), null, null, null, null),
              comparison.normaliser(),
              measured));
    }
    return new SpaceGap(
        applies ? limit.kind() : null,
        comparison.normaliser(),
        outcomes.found(),
        outcomes.notFound(),
        outcomes.failed(),
        quantiles,
        comparison.norm(),
        comparison.notApplicable());
  }

  /**
   * The ratio's interval combines both: the smallest limit over the largest measurement, and the
   * other way round. Limit and measurement have 95 % each, so by Bonferroni's inequality the ratio
   * has at least 90 %; as both must fail in opposite directions, simulations find 98 %. A limit
   * without an interval counts as exact.
   */
  static QuantileGap quantileGap(
      QuantileLimit limit, double normaliser, Optional<QuantileEstimate> estimate) {
    Double distance = limit.distance();
    Double least = limit.lower() == null ? distance : limit.lower();
    // An interval with a lower end alone has no upper bound.
    Double most = limit.upper() == null && limit.lower() == null ? distance : limit.upper();
    Double measured = estimate.map(e -> finite(e.value())).orElse(null);
    Double lower = estimate.map(e -> finite(e.lower())).orElse(null);
    Double upper = estimate.map(e -> finite(e.upper())).orElse(null);
    return new QuantileGap(
        limit.quantile(),
        ratio(distance, normaliser),
        ratio(limit.lower(), normaliser),
        ratio(limit.upper(), normaliser),
        ratio(measured, normaliser),
        ratio(lower, normaliser),
        ratio(upper, normaliser),
        ratio(distance, measured),
        ratio(least, upper),
        ratio(most, lower));
  }

  /**
   * Quantiles of some of the samples, normalised as those of others.
   *
   * @param others in the same space; without a normaliser there are none
   */
  static List<MeasuredQuantile> measured(LogHistogram distances, long beyond, SpaceGap others) {
    Double normaliser = others.normaliser();
    if (normaliser == null) {
      return List.of();
    }
    return others.quantiles().stream()
        .map(QuantileGap::quantile)
        .flatMap(p -> QuantileEstimate.of(distances, beyond, p).stream())
        .map(
            at ->
                new MeasuredQuantile(
                    at.quantile(),
                    finite(at.value() / normaliser),
                    finite(at.lower() / normaliser),
                    finite(at.upper() / normaliser)))
        .toList();
  }

  static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }

  static @Nullable Double ratio(@Nullable Double numerator, @Nullable Double denominator) {
    return numerator == null || denominator == null || denominator == 0
        ? null
        : finite(numerator / denominator);
  }
}
