package org.robustnessgap.campaign.fold;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.robustnessgap.campaign.quantile.LogHistogram;
import org.robustnessgap.campaign.quantile.QuantileEstimate;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.PairId;
import org.robustnessgap.messages.Provenance;
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
    Optional<Figure> shown = window.shown();
    shown.ifPresent(figure -> spaces.putAll(spaceGaps(figure, limits)));
    Provenance provenance = shown.map(Figure::provenance).orElse(null);
    Long hidden = ByProvenance.hidden(window.figures());
    Counts counts = window.counts();
    List<Suspicion> suspicions = new ArrayList<>();
    shown.ifPresent(figure -> suspicions.addAll(figure.suspicions().values()));
    suspicions.addAll(SuspiciousFigures.of(stream.classifier(), limits, spaces));
    if (hidden != null) {
      suspicions.add(
          SuspiciousFigures.otherProvenance(
              stream.classifier(), hidden, counts.measured(), provenance));
    }
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
        shown.map(Figure::pixels).orElse(null),
        provenance,
        shown.map(figure -> List.copyOf(figure.engines())).orElse(List.of()),
        hidden);
  }

  private static Map<Space, SpaceGap> spaceGaps(Figure figure, TheoreticalLimits limits) {
    Map<Space, SpaceGap> spaces = new EnumMap<>(Space.class);
    for (Space space : figure.outcomes().keySet()) {
      SpaceLimit limit = limits == null ? null : limits.spaces().get(space);
      Comparison comparison =
          limit == null
              ? null
              : Comparison.of(space, figure.provenance(), limit, limits.generator());
      spaces.put(
          space,
          spaceGap(
              figure.distances(space),
              figure.outcomes(space),
              limit,
              comparison,
              Provenance.norm(figure.provenance(), space)));
    }
    return spaces;
  }

  /**
   * @param pair what was folded about it, with its limits if any are known
   */
  public static TransferGap of(PairId id, PairState pair) {
    TransferLimits limits = pair.limits();
    Map<Space, SpaceTransfer> spaces = new EnumMap<>(Space.class);
    Optional<PairFigure> shown = pair.shown();
    shown.ifPresent(
        figure ->
            figure
                .spaces()
                .forEach((space, shared) -> spaces.put(space, transfer(space, figure, limits))));
    Counts counts = pair.counts();
    return new TransferGap(
        id,
        counts.generated(),
        counts.measured(),
        counts.failed(),
        counts.attackMicros() / 1e6,
        limits == null ? null : limits.disagreement(),
        limits == null ? null : limits.smoothnessSamples(),
        spaces,
        shown.map(PairFigure::provenance).orElse(null),
        shown.map(figure -> List.copyOf(figure.engines())).orElse(List.of()),
        ByProvenance.hidden(pair.figures()));
  }

  private static SpaceTransfer transfer(Space space, PairFigure figure, TransferLimits limits) {
    PairFigure.Shared shared = figure.spaces().get(space);
    SpaceLimit limit = limits == null ? null : limits.spaces().get(space);
    Comparison comparison =
        limit == null
            ? null
            : Comparison.ofEuclidean(space, figure.provenance(), limit, limits.generator());
    return new SpaceTransfer(
        spaceGap(
            shared.both(),
            figure.outcomes().getOrDefault(space, Counts.Outcomes.NONE),
            limit,
            comparison,
            Norm.L2),
        limit == null ? List.of() : own(shared, limit.quantiles(), comparison.normaliser()),
        rate(shared.first()),
        rate(shared.second()));
  }

  private static List<TransferGap.Own> own(
      PairFigure.Shared shared, List<QuantileLimit> quantiles, double normaliser) {
    return quantiles.stream()
        .map(
            at ->
                new TransferGap.Own(
                    at.quantile(),
                    quantile(shared.first(), at.quantile(), normaliser),
                    quantile(shared.second(), at.quantile(), normaliser)))
        .toList();
  }

  private static Double quantile(PairFigure.Own own, double quantile, double normaliser) {
    return QuantileEstimate.of(own.distances(), own.notFound(), quantile)
        .map(estimate -> ratio(finite(estimate.value()), normaliser))
        .orElse(null);
  }

  private static TransferGap.Rate rate(PairFigure.Own own) {
    return new TransferGap.Rate(own.fooling(), own.tried());
  }

  /**
   * @param limit null while unknown; its quantiles are those of the measurement, whether it applies
   *     or not
   * @param comparison null if the limit is
   */
  private static SpaceGap spaceGap(
      LogHistogram distances,
      Counts.Outcomes outcomes,
      SpaceLimit limit,
      Comparison comparison,
      Norm norm) {
    List<QuantileGap> quantiles = new ArrayList<>();
    boolean applies = limit != null && comparison.notApplicable() == null;
    if (limit != null) {
      for (QuantileLimit known : limit.quantiles()) {
        Optional<QuantileEstimate> measured =
            QuantileEstimate.of(distances, outcomes.notFound(), known.quantile());
        quantiles.add(
            quantileGap(
                applies ? known : new QuantileLimit(known.quantile(), null, null, null, null),
                comparison.normaliser(),
                measured));
      }
    }
    return new SpaceGap(
        applies ? limit.kind() : null,
        limit == null ? null : Double.valueOf(comparison.normaliser()),
        outcomes.found(),
        outcomes.notFound(),
        outcomes.failed(),
        quantiles,
        norm,
        limit == null ? null : comparison.notApplicable());
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
