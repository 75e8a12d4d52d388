package org.robustnessgap.campaign.fold;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.campaign.quantile.QuantileEstimate;
import org.robustnessgap.messages.Gap;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.Limits;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.PairId;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.RobustnessGap.SpaceGap;
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
  public Figure figure(@Nullable Provenance provenance) {
    return PairFigure.of(provenance);
  }

  private static PairId pairOf(Subject subject) {
    return subject.job(0).pair();
  }

  @Override
  public TransferGap gap(
      Subject subject, WindowState window, @Nullable WindowState former, @Nullable Limits known) {
    TransferLimits limits = (TransferLimits) known;
    Map<Space, SpaceTransfer> spaces = new EnumMap<>(Space.class);
    Optional<PairFigure> shown = window.shown().map(PairFigure.class::cast);
    shown.ifPresent(
        figure ->
            figure
                .spaces()
                .forEach(
                    (space, shared) -> spaces.put(space, transfer(space, shared, figure, limits))));
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

  private static SpaceTransfer transfer(
      Space space, PairFigure.Shared shared, PairFigure figure, @Nullable TransferLimits limits) {
    Counts.Outcomes outcomes = figure.outcomes().getOrDefault(space, Counts.Outcomes.NONE);
    SpaceLimit limit = limits == null ? null : limits.spaces().get(space);
    if (limits == null || limit == null) {
      return transfer(shared, Gaps.withoutLimit(outcomes, Norm.L2), List.of());
    }
    Comparison comparison = Comparison.ofEuclidean(space, figure.provenance(), limit, limits);
    return transfer(
        shared,
        Gaps.spaceGap(shared.both(), outcomes, limit, comparison),
        own(shared, limit.quantiles(), comparison.normaliser()));
  }

  private static SpaceTransfer transfer(
      PairFigure.Shared shared, SpaceGap both, List<TransferGap.Own> own) {
    return new SpaceTransfer(both, own, rate(shared.first()), rate(shared.second()));
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

  private static @Nullable Double quantile(PairFigure.Own own, double quantile, double normaliser) {
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
  public void report(Subject subject, SubjectState state, @Nullable Gap gap, Series series) {
    TransferMetrics.report(pairOf(subject), state, (TransferGap) gap, series);
  }
}
