package org.robustnessgap.campaign.fold;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.robustnessgap.campaign.quantile.QuantileEstimate;
import org.robustnessgap.messages.Gap;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.Limits;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.PairId;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.Subject;
import org.robustnessgap.messages.TheoreticalLimits.QuantileLimit;
import org.robustnessgap.messages.TheoreticalLimits.SpaceLimit;
import org.robustnessgap.messages.TransferGap;
import org.robustnessgap.messages.TransferGap.SpaceTransfer;
import org.robustnessgap.messages.TransferLimits;
import org.robustnessgap.messages.Window;

/** Transfer jobs become what two classifiers share. */
final class TransferFold implements KindFold {
  @Override
  public JobKind kind() {
    return JobKind.TRANSFER;
  }

  @Override
  public Figure figure(Provenance provenance) {
    return PairFigure.of(provenance);
  }

  private static PairId pairOf(Subject subject) {
    return subject.job(0).pair();
  }

  @Override
  public TransferGap gap(Subject subject, WindowState window, Limits known) {
    TransferLimits limits = (TransferLimits) known;
    Map<Space, SpaceTransfer> spaces = new EnumMap<>(Space.class);
    Optional<PairFigure> shown = window.shown().map(PairFigure.class::cast);
    shown.ifPresent(
        figure ->
            figure
                .spaces()
                .forEach((space, shared) -> spaces.put(space, transfer(space, figure, limits))));
    Counts counts = window.counts();
    return new TransferGap(
        pairOf(subject),
        counts.generated(),
        counts.measured(),
        counts.failed(),
        counts.attackMicros() / 1e6,
        limits == null ? null : limits.disagreement(),
        limits == null ? null : limits.smoothnessSamples(),
        spaces,
        shown.map(PairFigure::provenance).orElse(null),
        shown.map(figure -> List.copyOf(figure.engines())).orElse(List.of()),
        Figure.hidden(window.figures()));
  }

  private static SpaceTransfer transfer(Space space, PairFigure figure, TransferLimits limits) {
    PairFigure.Shared shared = figure.spaces().get(space);
    SpaceLimit limit = limits == null ? null : limits.spaces().get(space);
    Comparison comparison =
        limit == null
            ? null
            : Comparison.ofEuclidean(space, figure.provenance(), limit, limits.generator());
    return new SpaceTransfer(
        Gaps.spaceGap(
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
        .map(estimate -> Gaps.ratio(Gaps.finite(estimate.value()), normaliser))
        .orElse(null);
  }

  private static TransferGap.Rate rate(PairFigure.Own own) {
    return new TransferGap.Rate(own.fooling(), own.tried());
  }

  @Override
  public Class<? extends WrittenWindow> written() {
    return Written.class;
  }

  /** As it is written. */
  record Written(
      Window window,
      JobTable jobs,
      Counts counts,
      List<PairFigure> figures,
      long firstResult,
      long lastResult)
      implements WrittenWindow {
    @Override
    public WindowState state() {
      return new WindowState(window, jobs, counts, List.copyOf(figures), firstResult, lastResult);
    }
  }

  @Override
  public List<Metric> metrics() {
    return TransferMetrics.ALL;
  }

  @Override
  public void report(Subject subject, SubjectState state, Gap gap, Series series) {
    TransferMetrics.report(pairOf(subject), state, (TransferGap) gap, series);
  }
}
