package org.robustnessgap.aggregator.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.campaign.fold.AttackFigure;
import org.robustnessgap.campaign.fold.CampaignFailures;
import org.robustnessgap.campaign.fold.Counts;
import org.robustnessgap.campaign.fold.Failure;
import org.robustnessgap.campaign.fold.State;
import org.robustnessgap.campaign.fold.SubjectState;
import org.robustnessgap.campaign.fold.WindowState;
import org.robustnessgap.messages.Gap;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.RobustnessGap;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.Subject;
import org.robustnessgap.messages.TheoreticalLimits;
import org.robustnessgap.messages.TransferGap;
import org.robustnessgap.messages.Window;

/**
 * The answer of {@code GET /api/gaps}. Names in JSON are the components' in snake_case; distances
 * are divided by the gap's normaliser, times are epoch milliseconds, and null means unknown.
 *
 * @param updated when the newest message arrived that changed anything
 * @param campaigns by id
 * @param unreadable how many records the aggregator could not read, by topic
 * @param refused the last few records that any service refused, newest first
 */
public record GapsView(
    @Nullable Long updated,
    List<Campaign> campaigns,
    Map<String, Long> unreadable,
    List<Failure> refused) {
  private static final Curve NOTHING = new Curve(List.of());

  /**
   * @param quantiles at which limits are known, ascending
   * @param classifiers by name
   * @param pairs what any two of them share, by their names; empty without a transfer plan
   * @param others figures of further kinds of jobs, by kind and then by subject; absent if there
   *     are none
   * @param smoothnessJobsGivenUp jobs on the generator's smoothness that no worker could do
   * @param failures the last few, newest first
   */
  public record Campaign(
      String id,
      @Nullable Long updated,
      List<Double> quantiles,
      List<Classifier> classifiers,
      List<TransferGap> pairs,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Map<String, Gap>> others,
      int smoothnessJobsGivenUp,
      List<Failure> failures) {}

  /**
   * @param gap figures of the window shown; null before the first job
   * @param complete whether every sample of that window was measured or given up
   * @param limitSamples labels that the limits rest on; null while there are none
   * @param curves in the spaces where a limit, and so a normaliser, is known
   * @param progress of the window being filled; null before the first job
   * @param total samples over all windows
   * @param divergentDuplicates results that contradict an earlier one of the same job
   */
  public record Classifier(
      String name,
      Long updated,
      @Nullable RobustnessGap gap,
      boolean complete,
      @Nullable Long limitSamples,
      Map<Space, Curves> curves,
      @Nullable Progress progress,
      Samples total,
      long divergentDuplicates) {}

  /**
   * Fraction of samples with a larger robustness.
   *
   * @param measured of this classifier
   * @param limit no classifier with these class measures lies above it; empty where none applies
   */
  public record Curves(Curve measured, Curve limit) {}

  /** generated = measured + failed + inFlight. */
  public record Samples(long generated, long measured, long failed, long inFlight) {
    private static Samples of(Counts counts) {
      return new Samples(counts.generated(), counts.measured(), counts.failed(), counts.inFlight());
    }
  }

  /**
   * @param samplesPerSecond average since the first result
   * @param secondsRemaining until the window is complete; null while the rate is unknown
   */
  public record Progress(
      Window window, Samples samples, double samplesPerSecond, @Nullable Double secondsRemaining) {
    private static Progress of(WindowState window) {
      double rate = window.samplesPerSecond();
      Counts counts = window.counts();
      long open = Math.max(0, window.window().samples() - counts.measured() - counts.failed());
      return new Progress(
          window.window(), Samples.of(counts), rate, rate > 0 ? Double.valueOf(open / rate) : null);
    }
  }

  /**
   * @param gaps the figures shown of the subjects that have any
   */
  public static GapsView of(State state, Map<Subject, Gap> gaps) {
    SortedSet<String> ids = new TreeSet<>(state.campaigns().keySet());
    state.subjects().keySet().forEach(subject -> ids.add(subject.campaign()));
    List<Campaign> campaigns = ids.stream().map(id -> campaign(id, state, gaps)).toList();
    Long updated =
        campaigns.stream()
            .map(Campaign::updated)
            .filter(Objects::nonNull)
            .max(Long::compare)
            .orElse(null);
    return new GapsView(
        updated, campaigns, state.refusals().unreadable(), state.refusals().recentFailures());
  }

  private static Campaign campaign(String id, State state, Map<Subject, Gap> gaps) {
    SortedSet<Double> quantiles = new TreeSet<>();
    List<Classifier> classifiers = new ArrayList<>();
    List<TransferGap> pairs = new ArrayList<>();
    Map<String, Map<String, Gap>> others = new TreeMap<>();
    Long updated = null;
    for (Map.Entry<Subject, SubjectState> entry : state.subjects().entrySet()) {
      Subject subject = entry.getKey();
      if (!subject.campaign().equals(id)) {
        continue;
      }
      SubjectState known = entry.getValue();
      updated = updated == null ? known.updated() : Math.max(updated, known.updated());
      Gap gap = gaps.get(subject);
      if (subject.kind() == JobKind.ATTACK) {
        TheoreticalLimits limits =
            (TheoreticalLimits) known.shown().map(known::limits).orElse(known.limits());
        classifiers.add(classifier(subject, known, (RobustnessGap) gap, limits));
        quantiles.addAll(quantilesOf(limits));
      } else if (gap != null && subject.kind() == JobKind.TRANSFER) {
        pairs.add((TransferGap) gap);
      } else if (gap != null) {
        others
            .computeIfAbsent(subject.kind().label(), kind -> new TreeMap<>())
            .put(subject.name(), gap);
      }
    }
    CampaignFailures failures = state.campaigns().get(id);
    return new Campaign(
        id,
        updated,
        List.copyOf(quantiles),
        classifiers,
        pairs,
        others,
        failures == null ? 0 : (int) failures.givenUp(JobKind.SMOOTHNESS),
        failures == null ? List.of() : failures.recentFailures());
  }

  private static List<Double> quantilesOf(@Nullable TheoreticalLimits limits) {
    return limits == null
        ? List.of()
        : limits.spaces().values().stream()
            .flatMap(space -> space.quantiles().stream())
            .map(TheoreticalLimits.QuantileLimit::quantile)
            .toList();
  }

  private static Classifier classifier(
      Subject subject,
      SubjectState stream,
      @Nullable RobustnessGap gap,
      @Nullable TheoreticalLimits limits) {
    WindowState shown = stream.shown().orElse(null);
    AttackFigure figure =
        shown == null ? null : shown.shown().map(AttackFigure.class::cast).orElse(null);
    return new Classifier(
        subject.name(),
        stream.updated(),
        gap,
        shown != null && shown.complete(),
        limits == null ? null : limits.samples(),
        curves(figure, gap, limits),
        stream.current().map(Progress::of).orElse(null),
        Samples.of(stream.total()),
        stream.divergentDuplicates());
  }

  /** Of the same figures as the gap. */
  private static Map<Space, Curves> curves(
      @Nullable AttackFigure figure,
      @Nullable RobustnessGap gap,
      @Nullable TheoreticalLimits limits) {
    Map<Space, Curves> curves = new EnumMap<>(Space.class);
    if (limits == null) {
      return curves;
    }
    limits
        .spaces()
        .forEach(
            (space, limit) -> {
              RobustnessGap.SpaceGap figures = gap == null ? null : gap.spaces().get(space);
              boolean applies = figures == null || figures.notApplicable() == null;
              Double own = figures == null || applies ? null : figures.normaliser();
              double normaliser = own == null ? limit.normaliser() : own;
              curves.put(
                  space,
                  new Curves(
                      figure == null ? NOTHING : measured(space, figure, normaliser),
                      applies ? Curve.limit(limit.curve(), normaliser) : NOTHING));
            });
    return curves;
  }

  private static Curve measured(Space space, AttackFigure figure, double normaliser) {
    return Curve.measured(figure.distances(space), figure.outcomes(space).notFound(), normaliser);
  }
}
