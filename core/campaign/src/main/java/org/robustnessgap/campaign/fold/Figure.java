package org.robustnessgap.campaign.fold;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
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
  /** Null where results do not tell it. */
  @Nullable Provenance provenance();

  /** How many samples were answered. */
  long samples();

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
    more.sort(Comparator.comparing(one -> Provenance.text(one.provenance())));
    return List.copyOf(more);
  }

  /** That of most samples; the first by name among equals. */
  static Optional<Figure> shown(List<Figure> all) {
    return all.stream().reduce((one, next) -> next.samples() > one.samples() ? next : one);
  }

  /** Samples answered that are not in the one shown; null if there are none. */
  static @Nullable Long hidden(List<Figure> all) {
    long answered = all.stream().mapToLong(Figure::samples).sum();
    long shown = shown(all).map(Figure::samples).orElse(0L);
    return answered == shown ? null : Long.valueOf(answered - shown);
  }
}
