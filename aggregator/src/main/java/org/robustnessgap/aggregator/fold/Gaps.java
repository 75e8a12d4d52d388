package org.robustnessgap.aggregator.fold;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.robustnessgap.aggregator.quantile.LogHistogram;
import org.robustnessgap.aggregator.quantile.QuantileEstimate;
import org.robustnessgap.messages.PairId;
import org.robustnessgap.messages.RobustnessGap;
import org.robustnessgap.messages.RobustnessGap.QuantileGap;
import org.robustnessgap.messages.RobustnessGap.SpaceGap;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.StreamId;
import org.robustnessgap.messages.Suspicion;
import org.robustnessgap.messages.TheoreticalLimits;
import org.robustnessgap.messages.TheoreticalLimits.QuantileLimit;
import org.robustnessgap.messages.TheoreticalLimits.SpaceLimit;
import org.robustnessgap.messages.TransferGap;
import org.robustnessgap.messages.TransferGap.SpaceTransfer;
import org.robustnessgap.messages.TransferLimits;

/** Limit and measurement side by side, at the same quantile and in the same normalisation. */
public final class Gaps {
  private Gaps() {}

  /**
   * @param limits of the same stream; null while unknown: then nothing is normalised, and there are
   *     counts only
   */
  public static RobustnessGap of(StreamId stream, WindowState window, TheoreticalLimits limits) {
    Map<Space, SpaceGap> spaces = new EnumMap<>(Space.class);
    for (Space space : window.counts().outcomes().keySet()) {
      SpaceLimit limit = limits == null ? null : limits.spaces().get(space);
      spaces.put(space, spaceGap(window.distances(space), window.counts().outcomes(space), limit));
    }
    Counts counts = window.counts();
    List<Suspicion> suspicions = new ArrayList<>(window.suspicions().values());
    suspicions.addAll(SuspiciousFigures.of(stream.classifier(), limits, spaces));
    return new RobustnessGap(
        stream,
        window.window(),
        counts.generated(),
        counts.measured(),
        counts.failed(),
        counts.attackMicros() / 1e6,
        counts.gradients(),
        counts.forwards(),
        limits == null ? null : limits.samples(),
        limits == null ? null : limits.smoothnessSamples(),
        spaces,
        suspicions,
        window.pixels(),
        null,
        List.of(),
        null);
  }

  /**
   * @param pair what was folded about it, with its limits if any are known
   */
  public static TransferGap of(PairId id, PairState pair) {
    TransferLimits limits = pair.limits();
    Map<Space, SpaceTransfer> spaces = new EnumMap<>(Space.class);
    pair.spaces()
        .forEach(
            (space, shared) -> {
              SpaceLimit limit = limits == null ? null : limits.spaces().get(space);
              spaces.put(
                  space,
                  new SpaceTransfer(
                      spaceGap(shared.both(), pair.counts().outcomes(space), limit),
                      own(shared, limit),
                      rate(shared.first()),
                      rate(shared.second())));
            });
    Counts counts = pair.counts();
    return new TransferGap(
        id,
        counts.generated(),
        counts.measured(),
        counts.failed(),
        counts.attackMicros() / 1e6,
        limits == null ? null : limits.disagreement(),
        limits == null ? null : limits.smoothnessSamples(),
        spaces);
  }

  private static List<TransferGap.Own> own(PairState.Shared shared, SpaceLimit limit) {
    return limit == null
        ? List.of()
        : limit.quantiles().stream()
            .map(
                at ->
                    new TransferGap.Own(
                        at.quantile(),
                        quantile(shared.first(), at.quantile(), limit.normaliser()),
                        quantile(shared.second(), at.quantile(), limit.normaliser())))
            .toList();
  }

  private static Double quantile(PairState.Own own, double quantile, double normaliser) {
    return QuantileEstimate.of(own.distances(), own.notFound(), quantile)
        .map(estimate -> ratio(finite(estimate.value()), normaliser))
        .orElse(null);
  }

  private static TransferGap.Rate rate(PairState.Own own) {
    return new TransferGap.Rate(own.fooling(), own.tried());
  }

  private static SpaceGap spaceGap(
      LogHistogram distances, Counts.Outcomes outcomes, SpaceLimit limit) {
    List<QuantileGap> quantiles = new ArrayList<>();
    if (limit != null) {
      for (QuantileLimit quantileLimit : limit.quantiles()) {
        Optional<QuantileEstimate> measured =
            QuantileEstimate.of(distances, outcomes.notFound(), quantileLimit.quantile());
        quantiles.add(quantileGap(quantileLimit, limit.normaliser(), measured));
      }
    }
    return new SpaceGap(
        limit == null ? null : limit.kind(),
        limit == null ? null : limit.normaliser(),
        outcomes.found(),
        outcomes.notFound(),
        outcomes.failed(),
        quantiles);
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
    Double most = limit.upper() == null ? distance : limit.upper();
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

  private static Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }

  private static Double ratio(Double numerator, Double denominator) {
    return numerator == null || denominator == null || denominator == 0
        ? null
        : finite(numerator / denominator);
  }
}
