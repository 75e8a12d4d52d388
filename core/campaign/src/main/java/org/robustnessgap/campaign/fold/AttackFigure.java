package org.robustnessgap.campaign.fold;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.campaign.quantile.LabelledDistances;
import org.robustnessgap.campaign.quantile.LogHistogram;
import org.robustnessgap.campaign.quantile.SignedHistogram;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.DiagnosticFigure;
import org.robustnessgap.messages.JobResult;
import org.robustnessgap.messages.OmitEmpty;
import org.robustnessgap.messages.PixelSpace;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.Suspicion;

/**
 * What results of one provenance found in one window.
 *
 * @param provenance null where they do not tell it
 * @param samples how many they answered
 * @param distances what was found, by space
 * @param outcomes of the samples, by space
 * @param suspicions what looked wrong about results, one sentence a kind: the first by alphabet, so
 *     that the order of results does not matter
 * @param pixels what results say pixels are, the first by alphabet; null if none says
 * @param engines what ran the models
 * @param diagnostics what diagnostics found, by space and name; absent in states of older versions
 * @param withoutDiagnostics why the models have none of the numbers of a diagnostic, by its name:
 *     the first reason by alphabet; absent in states of older versions
 * @param labels how many samples the classifier gives which label; absent in states of older
 *     versions
 * @param byLabel what was found in unconstrained space by label, of windows that are not large;
 *     absent in states of older versions
 * @param ordinals of the samples; absent in states of older versions
 */
public record AttackFigure(
    @OmitEmpty @Nullable Provenance provenance,
    long samples,
    Map<Space, LogHistogram> distances,
    Map<Space, Counts.Outcomes> outcomes,
    Map<Suspicion.Kind, Suspicion> suspicions,
    @OmitEmpty @Nullable PixelSpace pixels,
    SortedSet<String> engines,
    Map<Space, Map<String, SignedHistogram>> diagnostics,
    Map<String, String> withoutDiagnostics,
    @OmitEmpty Map<Integer, Long> labels,
    @OmitEmpty Map<Integer, LabelledDistances> byLabel,
    @OmitEmpty @Nullable Ordinals ordinals)
    implements Figure {
  public AttackFigure {
    distances = copy(Space.class, distances);
    outcomes = copy(Space.class, outcomes);
    suspicions = copy(Suspicion.Kind.class, suspicions);
    engines = Collections.unmodifiableSortedSet(new TreeSet<>(engines));
    diagnostics = copy(Space.class, diagnostics == null ? Map.of() : diagnostics);
    withoutDiagnostics =
        Collections.unmodifiableMap(
            new TreeMap<>(withoutDiagnostics == null ? Map.of() : withoutDiagnostics));
    labels = Collections.unmodifiableMap(new TreeMap<>(labels == null ? Map.of() : labels));
    byLabel = Collections.unmodifiableMap(new TreeMap<>(byLabel == null ? Map.of() : byLabel));
  }

  private static <K extends Enum<K>, V> Map<K, V> copy(Class<K> keys, Map<K, V> values) {
    EnumMap<K, V> copy = new EnumMap<>(keys);
    copy.putAll(values);
    return Collections.unmodifiableMap(copy);
  }

  static AttackFigure of(@Nullable Provenance provenance) {
    return new AttackFigure(
        provenance,
        0,
        Map.of(),
        Map.of(),
        Map.of(),
        null,
        new TreeSet<>(),
        Map.of(),
        Map.of(),
        Map.of(),
        Map.of(),
        null);
  }

  public LogHistogram distances(Space space) {
    return distances.getOrDefault(space, LogHistogram.empty());
  }

  public Counts.Outcomes outcomes(Space space) {
    return outcomes.getOrDefault(space, Counts.Outcomes.NONE);
  }

  @Override
  public AttackFigure plus(JobResult answer) {
    AttackResult result = (AttackResult) answer;
    EnumMap<Space, LogHistogram> more = new EnumMap<>(Space.class);
    more.putAll(distances);
    result
        .findings()
        .forEach(
            found ->
                found
                    .outcome()
                    .distanceIfKnown()
                    .ifPresent(
                        distance ->
                            more.put(
                                found.space(),
                                more.getOrDefault(found.space(), LogHistogram.empty())
                                    .plus(distance))));
    EnumMap<Suspicion.Kind, Suspicion> wrong = new EnumMap<>(Suspicion.Kind.class);
    wrong.putAll(suspicions);
    result
        .suspicions()
        .forEach(
            suspicion ->
                wrong.merge(
                    suspicion.kind(),
                    suspicion,
                    (a, b) -> a.sentence().compareTo(b.sentence()) <= 0 ? a : b));
    Map<String, String> reasons = new TreeMap<>(withoutDiagnostics);
    result
        .withoutDiagnostics()
        .forEach(
            (name, reason) -> reasons.merge(name, reason, (a, b) -> a.compareTo(b) <= 0 ? a : b));
    SortedSet<String> ran = new TreeSet<>(engines);
    ran.add(result.engine());
    return new AttackFigure(
        provenance,
        samples + result.samples().size(),
        more,
        Counts.Outcomes.sum(outcomes, Counts.Outcomes.of(result)),
        wrong,
        first(pixels, result.pixels()),
        ran,
        withDiagnostics(result),
        reasons,
        withLabels(result),
        LabelSplit.plus(byLabel, result),
        Ordinals.plus(ordinals, result));
  }

  private Map<Integer, Long> withLabels(AttackResult result) {
    Map<Integer, Long> more = new TreeMap<>(labels);
    result.samples().forEach(sample -> more.merge(sample.label(), 1L, Long::sum));
    return more;
  }

  private Map<Space, Map<String, SignedHistogram>> withDiagnostics(AttackResult result) {
    Map<Space, Map<String, SignedHistogram>> more = new EnumMap<>(Space.class);
    diagnostics.forEach((space, values) -> more.put(space, new TreeMap<>(values)));
    for (SampleResult sample : result.samples()) {
      sample
          .allDiagnostics()
          .forEach(
              (space, values) -> {
                Map<String, SignedHistogram> known =
                    more.computeIfAbsent(space, any -> new TreeMap<>());
                values.forEach(
                    (name, value) ->
                        known.put(
                            name, known.getOrDefault(name, SignedHistogram.empty()).plus(value)));
              });
    }
    return more;
  }

  /** The quartiles of what diagnostics found, by space and name. */
  List<DiagnosticFigure> quartiles() {
    List<DiagnosticFigure> figures = new ArrayList<>();
    diagnostics.forEach(
        (space, values) ->
            values.forEach(
                (name, histogram) ->
                    figures.add(
                        new DiagnosticFigure(
                            space,
                            name,
                            histogram.samples(),
                            histogram.quantile(0.25),
                            histogram.quantile(0.5),
                            histogram.quantile(0.75)))));
    return figures;
  }

  private static @Nullable PixelSpace first(@Nullable PixelSpace one, @Nullable PixelSpace other) {
    return Stream.of(Optional.ofNullable(one), Optional.ofNullable(other))
        .flatMap(Optional::stream)
        .min(Comparator.comparing(PixelSpace::describe))
        .orElse(null);
  }
}
