package org.robustnessgap.deploy.measure;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.JobResult;
import org.robustnessgap.messages.SampleResult;

/** How often each classifier gave each label, each sample once. Not thread-safe. */
final class SeenLabels {
  private final Map<String, long[]> byClassifier = new LinkedHashMap<>();

  /** Answers to other jobs than attacks say nothing. */
  void add(JobResult result) {
    if (result instanceof AttackResult attacks) {
      long[] counts =
          byClassifier.computeIfAbsent(
              attacks.stream().classifier(), name -> new long[attacks.classes()]);
      attacks.samples().stream()
          .mapToInt(SampleResult::label)
          .filter(label -> label >= 0)
          .forEach(label -> counts[label]++);
    }
  }

  /** Labels seen of each class, by classifier, in the order of their first answers. */
  Map<String, List<Long>> counts() {
    return byClassifier.entrySet().stream()
        .collect(
            Collectors.collectingAndThen(
                Collectors.toMap(
                    Map.Entry::getKey,
                    counts -> Arrays.stream(counts.getValue()).boxed().toList(),
                    (one, other) -> one,
                    LinkedHashMap::new),
                Collections::unmodifiableMap));
  }
}
