package org.robustnessgap.campaign.fold;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.campaign.quantile.LogHistogram;
import org.robustnessgap.messages.JobResult;
import org.robustnessgap.messages.OmitEmpty;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.TransferResult;

/**
 * What results of one provenance found about two classifiers.
 *
 * @param provenance null where they do not tell it
 * @param samples how many they answered
 * @param spaces what was found, by space
 * @param outcomes of the perturbations that fool both, by space
 * @param engines what ran the models
 * @param ordinals of the samples; absent in states of older versions
 */
public record PairFigure(
    @OmitEmpty @Nullable Provenance provenance,
    long samples,
    Map<Space, Shared> spaces,
    Map<Space, Counts.Outcomes> outcomes,
    SortedSet<String> engines,
    @OmitEmpty @Nullable Ordinals ordinals)
    implements Figure {

  /**
   * @param both distances of the perturbations that fool both
   */
  public record Shared(LogHistogram both, Own first, Own second) {
    static final Shared NONE = new Shared(LogHistogram.empty(), Own.NONE, Own.NONE);

    Shared plus(TransferResult.Perturbations found) {
      return new Shared(
          withDistance(both, found.both()), first.plus(found.first()), second.plus(found.second()));
    }
  }

  /**
   * A classifier's own perturbations.
   *
   * @param notFound samples whose label none changed
   * @param tried those that were found
   * @param fooling how many of them change the other classifier's label too
   */
  public record Own(LogHistogram distances, long notFound, long tried, long fooling) {
    static final Own NONE = new Own(LogHistogram.empty(), 0, 0, 0);

    Own plus(TransferResult.Own own) {
      return new Own(
          withDistance(distances, own.outcome()),
          notFound + (own.outcome().unchanged() ? 1 : 0),
          tried + (own.foolsOther() == null ? 0 : 1),
          fooling + (Boolean.TRUE.equals(own.foolsOther()) ? 1 : 0));
    }
  }

  private static LogHistogram withDistance(LogHistogram distances, Outcome outcome) {
    return outcome.distanceIfKnown().isPresent()
        ? distances.plus(outcome.distanceIfKnown().getAsDouble())
        : distances;
  }

  public PairFigure {
    EnumMap<Space, Shared> copy = new EnumMap<>(Space.class);
    copy.putAll(spaces);
    spaces = Collections.unmodifiableMap(copy);
    EnumMap<Space, Counts.Outcomes> counted = new EnumMap<>(Space.class);
    counted.putAll(outcomes);
    outcomes = Collections.unmodifiableMap(counted);
    engines = Collections.unmodifiableSortedSet(new TreeSet<>(engines));
  }

  static PairFigure of(@Nullable Provenance provenance) {
    return new PairFigure(provenance, 0, Map.of(), Map.of(), new TreeSet<>(), null);
  }

  @Override
  public PairFigure plus(JobResult answer) {
    TransferResult result = (TransferResult) answer;
    EnumMap<Space, Shared> more = new EnumMap<>(Space.class);
    more.putAll(spaces);
    for (TransferResult.Sample sample : result.samples()) {
      sample
          .spaces()
          .forEach(
              (space, found) -> more.put(space, more.getOrDefault(space, Shared.NONE).plus(found)));
    }
    SortedSet<String> ran = new TreeSet<>(engines);
    ran.add(result.engine());
    return new PairFigure(
        provenance,
        samples + result.samples().size(),
        more,
        Counts.Outcomes.sum(outcomes, Counts.Outcomes.of(result)),
        ran,
        Ordinals.plus(ordinals, result));
  }
}
