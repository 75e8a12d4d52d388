package org.robustnessgap.campaign.fold;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.campaign.quantile.LabelledDistances;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.LabelCount;
import org.robustnessgap.messages.MeasuredQuantile;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.RobustnessGap.SpaceGap;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.Space;

/**
 * The samples of a window apart by label, with their distances in unconstrained space. Windows of
 * many samples keep none, so that their state fits a message.
 */
final class LabelSplit {
  /** Samples of a window whose distances are kept by label. */
  private static final long MOST_SAMPLES = 10_000;

  /** Labels with distances in a message, those with the most samples. */
  private static final int SHOWN = 20;

  private LabelSplit() {}

  /** What was known, with what the result found. */
  static Map<Integer, LabelledDistances> plus(
      Map<Integer, LabelledDistances> known, AttackResult result) {
    if (result.window().samples() > MOST_SAMPLES) {
      return known;
    }
    Map<Integer, LabelledDistances> more = new TreeMap<>(known);
    for (SampleResult sample : result.samples()) {
      Outcome outcome = sample.spaces().get(Space.UNCONSTRAINED);
      if (outcome != null) {
        more.merge(
            sample.label(),
            LabelledDistances.EMPTY.plus(outcome),
            (before, one) -> before.plus(outcome));
      }
    }
    return more;
  }

  /**
   * The labels in their order, each with its samples.
   *
   * @param figures of all samples in unconstrained space; null if there are none
   */
  static List<LabelCount> counts(AttackFigure figure, @Nullable SpaceGap figures) {
    Set<Integer> shown =
        figure.labels().entrySet().stream()
            .sorted(
                Map.Entry.<Integer, Long>comparingByValue(Comparator.reverseOrder())
                    .thenComparing(Map.Entry.comparingByKey()))
            .limit(SHOWN)
            .map(Map.Entry::getKey)
            .collect(Collectors.toSet());
    return figure.labels().entrySet().stream()
        .map(
            label ->
                new LabelCount(
                    label.getKey(),
                    label.getValue(),
                    figures == null || !shown.contains(label.getKey())
                        ? List.of()
                        : quantiles(figure.byLabel().get(label.getKey()), figures)))
        .toList();
  }

  private static List<MeasuredQuantile> quantiles(
      @Nullable LabelledDistances found, SpaceGap figures) {
    return found == null ? List.of() : Gaps.measured(found.distances(), found.beyond(), figures);
  }
}
