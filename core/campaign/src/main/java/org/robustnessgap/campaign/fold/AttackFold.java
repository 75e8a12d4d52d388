package org.robustnessgap.campaign.fold;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.campaign.quantile.LogHistogram;
import org.robustnessgap.messages.Gap;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.Limits;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.PixelSpace;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.RobustnessGap;
import org.robustnessgap.messages.RobustnessGap.SpaceGap;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.StreamId;
import org.robustnessgap.messages.Subject;
import org.robustnessgap.messages.Suspicion;
import org.robustnessgap.messages.TheoreticalLimits;
import org.robustnessgap.messages.TheoreticalLimits.SpaceLimit;
import org.robustnessgap.messages.Window;

/** Attacks become robustness gaps of classifiers, window by window. */
final class AttackFold implements KindFold {
  @Override
  public JobKind kind() {
    return JobKind.ATTACK;
  }

  @Override
  public Figure figure(@Nullable Provenance provenance) {
    return AttackFigure.of(provenance);
  }

  @Override
  public RobustnessGap gap(
      Subject subject, WindowState window, @Nullable WindowState former, @Nullable Limits known) {
    StreamId stream = new StreamId(subject.campaign(), subject.name());
    TheoreticalLimits limits = (TheoreticalLimits) known;
    Counts counts = window.counts();
    Map<Space, SpaceGap> spaces = new EnumMap<>(Space.class);
    Optional<AttackFigure> shown = window.shown().map(AttackFigure.class::cast);
    shown.ifPresent(figure -> spaces.putAll(spaceGaps(figure, limits)));
    Provenance provenance = shown.map(AttackFigure::provenance).orElse(null);
    // Limits of another version say nothing of these samples.
    TheoreticalLimits own = limits != null && limits.areOf(provenance) ? limits : null;
    List<AttackFigure> versions =
        Figure.versions(window.figures()).stream().map(AttackFigure.class::cast).toList();
    long otherwise = counts.measured() - Figure.samples(List.copyOf(versions));
    Long hidden = Figure.hidden(window.figures());
    List<Suspicion> suspicions = new ArrayList<>();
    shown.ifPresent(figure -> suspicions.addAll(figure.suspicions().values()));
    suspicions.addAll(SuspiciousFigures.of(stream.classifier(), own, spaces));
    if (otherwise > 0) {
      suspicions.add(
          SuspiciousFigures.otherProvenance(
              stream.classifier(), otherwise, counts.measured(), provenance));
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
        own == null ? null : own.samples(),
        own == null ? null : own.smoothnessSamples(),
        spaces,
        suspicions,
        shown.map(AttackFigure::pixels).orElse(null),
        provenance,
        shown.map(figure -> List.copyOf(figure.engines())).orElse(List.of()),
        hidden,
        shown.map(AttackFigure::quartiles).orElse(List.of()),
        shown.map(AttackFigure::withoutDiagnostics).orElse(Map.of()),
        shown
            .map(figure -> LabelSplit.counts(figure, spaces.get(Space.UNCONSTRAINED)))
            .orElse(List.of()),
        versions.size() < 2
            ? List.of()
            : versions.stream().map(figure -> VersionFigures.of(figure, spaces)).toList(),
        former(former, versions).map(figure -> VersionFigures.of(figure, spaces)).orElse(null));
  }

  /** Of its own window, else of the same one. */
  private static Optional<AttackFigure> former(
      @Nullable WindowState window, List<AttackFigure> versions) {
    if (window != null) {
      return window.shown().map(AttackFigure.class::cast);
    }
    if (versions.size() < 2) {
      return Optional.empty();
    }
    Provenance shown = versions.get(versions.size() - 1).provenance();
    return Optional.of(versions.get(versions.size() - 2))
        .filter(before -> before.isOfOtherVersion(shown));
  }

  private static Map<Space, SpaceGap> spaceGaps(
      AttackFigure figure, @Nullable TheoreticalLimits limits) {
    Map<Space, SpaceGap> spaces = new EnumMap<>(Space.class);
    figure.outcomes().keySet().forEach(space -> spaces.put(space, spaceGap(space, figure, limits)));
    return spaces;
  }

  private static SpaceGap spaceGap(
      Space space, AttackFigure figure, @Nullable TheoreticalLimits limits) {
    Norm norm = Provenance.norm(figure.provenance(), space);
    // Where no limit applies, known or not, the latent one has the same quantiles; images have
    // none.
    SpaceLimit limit = limits == null ? null : limits.spaces().get(space);
    if (limits != null && norm != Norm.L2) {
      limit = limits.spaces().getOrDefault(Space.LATENT, limit);
    }
    return limits == null || limit == null
        ? Gaps.withoutLimit(figure.outcomes(space), norm)
        : Gaps.spaceGap(
            figure.distances(space),
            figure.outcomes(space),
            limit,
            Comparison.of(space, figure.provenance(), limit, limits));
  }

  @Override
  public Class<? extends WrittenWindow> written() {
    return Written.class;
  }

  /**
   * As it was written: until results told their provenance, without figures but with the parts of
   * one.
   *
   * @param figures null where there are none
   * @param distances null where there are figures, as are the following
   */
  record Written(
      Window window,
      JobTable jobs,
      Counts counts,
      @Nullable List<AttackFigure> figures,
      long firstResult,
      long lastResult,
      @Nullable Map<Space, LogHistogram> distances,
      @Nullable Map<Suspicion.Kind, Suspicion> suspicions,
      @Nullable PixelSpace pixels)
      implements WrittenWindow {
    @Override
    public WindowState state() {
      return new WindowState(window, jobs, counts, found(), firstResult, lastResult);
    }

    private List<Figure> found() {
      if (figures != null) {
        return List.copyOf(figures);
      }
      return counts.measured() == 0
          ? List.of()
          : List.of(
              new AttackFigure(
                  null,
                  counts.measured(),
                  distances == null ? Map.of() : distances,
                  counts.outcomes(),
                  suspicions == null ? Map.of() : suspicions,
                  pixels,
                  new TreeSet<>(),
                  Map.of(),
                  Map.of(),
                  Map.of(),
                  Map.of(),
                  null));
    }
  }

  @Override
  public List<Metric> metrics() {
    return Stream.of(AttackMetrics.ALL, LabelMetrics.ALL, VersionMetrics.ALL)
        .flatMap(List::stream)
        .toList();
  }

  @Override
  public void report(Subject subject, SubjectState state, @Nullable Gap gap, Series series) {
    StreamId stream = new StreamId(subject.campaign(), subject.name());
    AttackMetrics.report(stream, state, (RobustnessGap) gap, series);
    if (gap != null) {
      TheoreticalLimits limits = (TheoreticalLimits) state.shown().map(state::limits).orElse(null);
      LabelMetrics.report(series, stream, (RobustnessGap) gap, limits);
      VersionMetrics.report(series, stream, (RobustnessGap) gap);
    }
  }
}
