package org.robustnessgap.campaign.fold;

import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.RangeSet;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.TransferLimits;
import org.robustnessgap.messages.Window;

/**
 * All about a pair of classifiers as older aggregators wrote it, in one piece: until results told
 * their provenance, without figures but with the parts of one.
 *
 * @param figures null where there are none
 * @param limits null before the first
 * @param spaces null where there are figures
 */
record OlderPair(
    JobTable jobs,
    Counts counts,
    @Nullable List<PairFigure> figures,
    @Nullable TransferLimits limits,
    long divergentDuplicates,
    long givenUpJobs,
    long updated,
    @Nullable Map<Space, PairFigure.Shared> spaces) {

  SubjectState state(KindFold fold) {
    // When its results came was not written; no rate is shown of pairs.
    WindowState window = new WindowState(Window.ALL, jobs, counts, found(), updated, updated);
    return SubjectState.empty(fold)
        .with(window)
        .with(limits, null)
        .with(
            new SubjectSummary(
                Counts.ZERO, RangeSet.EMPTY, divergentDuplicates, givenUpJobs, updated));
  }

  private List<Figure> found() {
    if (figures != null) {
      return List.copyOf(figures);
    }
    return counts.measured() == 0
        ? List.of()
        : List.of(
            new PairFigure(
                null,
                counts.measured(),
                spaces == null ? Map.of() : spaces,
                counts.outcomes(),
                new TreeSet<>(),
                null));
  }
}
