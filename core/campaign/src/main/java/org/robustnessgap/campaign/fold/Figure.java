package org.robustnessgap.campaign.fold;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.JobResult;
import org.robustnessgap.messages.Provenance;

/**
 * What the results of one provenance say. Results of another one are kept apart, so neither what is
 * kept nor which is shown depends on the order in which they arrive. Immutable.
 */
public interface Figure {
  Comparator<Figure> ORDER =
      Comparator.<Figure, String>comparing(one -> Provenance.text(one.provenance()))
          .thenComparing(one -> String.valueOf(one.provenance()));

  Comparator<Figure> BY_LAST_SAMPLE =
      Comparator.comparingLong(
          one -> {
            Ordinals ordinals = one.ordinals();
            return ordinals == null ? -1 : ordinals.last();
          });

  /** Null where results do not tell it. */
  @Nullable Provenance provenance();

  /** How many samples were answered. */
  long samples();

  /** Of these samples; null in states of older versions. */
  @Nullable Ordinals ordinals();

  /**
   * @param result of the kind and the provenance that this is of
   */
  Figure plus(JobResult result);

  /** The one of that provenance, which may be null. */
  static Optional<Figure> of(List<Figure> all, @Nullable Provenance provenance) {
    return all.stream().filter(one -> Objects.equals(one.provenance(), provenance)).findFirst();
  }

  /** The same with another one, instead of that of its provenance if there is one. */
  static List<Figure> with(List<Figure> all, Figure another) {
    List<Figure> more = new ArrayList<>(all);
    more.removeIf(one -> Objects.equals(one.provenance(), another.provenance()));
    more.add(another);
    more.sort(ORDER);
    return List.copyOf(more);
  }

  /** That of the last of the {@link #versions}. */
  static Optional<Figure> shown(List<Figure> all) {
    return versions(all).stream().reduce((one, next) -> next);
  }

  /**
   * Those of the plan that most samples were measured by, the first by name among equals: one for
   * each version of what was measured, in the order of their last samples.
   */
  static List<Figure> versions(List<Figure> all) {
    Map<Optional<Provenance>, List<Figure>> plans = new LinkedHashMap<>();
    all.forEach(one -> plans.computeIfAbsent(plan(one), plan -> new ArrayList<>()).add(one));
    return plans.values().stream()
        .reduce((one, next) -> samples(next) > samples(one) ? next : one)
        .orElse(List.of())
        .stream()
        .sorted(BY_LAST_SAMPLE)
        .toList();
  }

  /** Whether it is by this plan, of another version of the model than this. */
  default boolean isOfOtherVersion(@Nullable Provenance than) {
    return than != null && than.isOfOtherVersion(provenance());
  }

  /** What it was measured by, whichever version of the model was measured. */
  static Optional<Provenance> plan(Figure figure) {
    return Optional.ofNullable(figure.provenance()).map(Provenance::ofAnyVersion);
  }

  /** Samples answered, of all of them. */
  static long samples(List<Figure> all) {
    return all.stream().mapToLong(Figure::samples).sum();
  }

  /** Samples answered that are not in the one shown; null if there are none. */
  static @Nullable Long hidden(List<Figure> all) {
    long answered = samples(all);
    long shown = shown(all).map(Figure::samples).orElse(0L);
    return answered == shown ? null : Long.valueOf(answered - shown);
  }
}
