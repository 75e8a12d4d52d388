package org.robustnessgap.campaign.evidence;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.JobResult;
import org.robustnessgap.messages.Limits;
import org.robustnessgap.messages.SmoothnessPlan;
import org.robustnessgap.messages.SmoothnessResult;

/** How far one generator moved its images, apart by how that was searched. */
final class SmoothnessEvidence implements SubjectEvidence {
  private static final Comparator<Map.Entry<Ascent, DisplacementEvidence>> BY_WORTH =
      Comparator.<Map.Entry<Ascent, DisplacementEvidence>>comparingLong(
              entry -> entry.getValue().samples().orElse(0L))
          .thenComparing(entry -> entry.getKey().restarts)
          .thenComparing(entry -> entry.getKey().steps);

  private final Map<Ascent, DisplacementEvidence> byAscent = new LinkedHashMap<>();

  /**
   * How displacements were searched: what was searched otherwise is not mixed. Radii may differ.
   *
   * @param restarts 0 where older results do not tell
   * @param steps likewise
   */
  private record Ascent(int restarts, int steps) {
    static Ascent of(@Nullable SmoothnessPlan plan) {
      return plan == null ? new Ascent(0, 0) : new Ascent(plan.restarts(), plan.steps());
    }
  }

  @Override
  public boolean add(JobResult more) {
    SmoothnessResult result = (SmoothnessResult) more;
    return byAscent
        .computeIfAbsent(Ascent.of(result.plan()), ascent -> new DisplacementEvidence())
        .add(result);
  }

  @Override
  public Optional<Limits> limits(
      Function<@Nullable String, DisplacementEvidence> displacements, List<Double> quantiles) {
    return Optional.empty();
  }

  /** By the search that examined most samples, of several generators. */
  static DisplacementEvidence best(List<SmoothnessEvidence> generators) {
    return generators.stream()
        .flatMap(generator -> generator.byAscent.entrySet().stream())
        .max(BY_WORTH)
        .map(Map.Entry::getValue)
        .orElseGet(DisplacementEvidence::new);
  }
}
