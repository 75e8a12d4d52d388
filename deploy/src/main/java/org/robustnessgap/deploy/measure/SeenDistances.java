package org.robustnessgap.deploy.measure;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.robustnessgap.campaign.quantile.LabelledDistances;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.JobResult;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.Space;

/**
 * How far samples are from another label, apart by classifier, space and label. Not thread-safe.
 */
final class SeenDistances {
  private final Map<String, Map<Space, Map<Integer, LabelledDistances>>> byClassifier =
      new HashMap<>();

  /** Answers to other jobs than attacks say nothing. */
  void add(JobResult result) {
    if (result instanceof AttackResult attacks) {
      Map<Space, Map<Integer, LabelledDistances>> bySpace =
          byClassifier.computeIfAbsent(
              attacks.stream().classifier(), name -> new EnumMap<>(Space.class));
      for (SampleResult sample : attacks.samples()) {
        sample
            .spaces()
            .forEach(
                (space, outcome) ->
                    bySpace
                        .computeIfAbsent(space, any -> new HashMap<>())
                        .merge(
                            sample.label(),
                            LabelledDistances.EMPTY.plus(outcome),
                            (known, one) -> known.plus(outcome)));
      }
    }
  }

  /** By space and label; what was seen of no classifier is empty. */
  Map<Space, Map<Integer, LabelledDistances>> of(String classifier) {
    return byClassifier.getOrDefault(classifier, Map.of());
  }
}
