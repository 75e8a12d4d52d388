package org.robustnessgap.deploy.measure;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.robustnessgap.messages.RobustnessGap;
import org.robustnessgap.messages.RobustnessGap.QuantileGap;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.Suspicion;

/** What looks wrong about a measurement although it succeeded, each thing said once. */
final class Suspicions {
  /** Fewer samples may well have one label by chance. */
  private static final int LEAST_SAMPLES = 16;

  private final Map<String, Suspicion> said = new LinkedHashMap<>();
  private final Map<String, Set<Integer>> labels = new HashMap<>();
  private final Map<String, Integer> counts = new HashMap<>();

  /**
   * Takes what looked wrong about one batch.
   *
   * @return what was not said of the classifier before
   */
  List<Suspicion> add(String classifier, List<SampleResult> samples, List<Suspicion> suspicions) {
    samples.forEach(
        sample -> labels.computeIfAbsent(classifier, name -> new HashSet<>()).add(sample.label()));
    counts.merge(classifier, samples.size(), Integer::sum);
    List<Suspicion> fresh = new ArrayList<>();
    for (Suspicion suspicion : suspicions) {
      if (said.putIfAbsent(classifier + suspicion.kind().label(), suspicion) == null) {
        fresh.add(suspicion);
      }
    }
    return fresh;
  }

  /** All that was said, and what only the whole shows. */
  List<Suspicion> all(List<RobustnessGap> gaps) {
    List<Suspicion> all = new ArrayList<>(said.values());
    labels.forEach(
        (classifier, seen) -> {
          if (seen.size() == 1 && counts.get(classifier) >= LEAST_SAMPLES) {
            all.add(
                new Suspicion(
                    Suspicion.Kind.ONE_LABEL,
                    String.format(
                        "%s gives all %d samples label %d, so no limit holds for it; do the range and the layout of the images fit it, and are its scores all of one kind (--output, --output-slice)?",
                        classifier, counts.get(classifier), seen.iterator().next())));
          }
        });
    for (RobustnessGap gap : gaps) {
      gap.spaces()
          .forEach(
              (space, found) ->
                  found.quantiles().stream()
                      .filter(Suspicions::isAboveLimit)
                      .forEach(
                          at ->
                              all.add(
                                  new Suspicion(
                                      Suspicion.Kind.ABOVE_LIMIT,
                                      String.format(
                                          Locale.ROOT,
                                          "%s: quantile %s of %s is measured at %.3g, above the limit %.3g that no classifier can exceed; the search is too weak here (--effort thorough), the samples are too few, or latent vectors and generator do not belong together.",
                                          gap.stream().classifier(),
                                          at.quantile(),
                                          space.label(),
                                          at.measured(),
                                          at.limit())))));
    }
    return all;
  }

  /** By more than the intervals of both allow. */
  private static boolean isAboveLimit(QuantileGap at) {
    return at.gapUpper() != null && at.gapUpper() < 1 && at.measured() != null;
  }
}
