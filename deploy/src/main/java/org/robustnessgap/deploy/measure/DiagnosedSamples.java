package org.robustnessgap.deploy.measure;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.robustnessgap.messages.JobResult;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.SmoothnessResult;
import org.robustnessgap.messages.SmoothnessResult.Lipschitz;

/**
 * The samples that diagnostics looked at or that were brought back to latent vectors, and what was
 * proven of the generator beside. Not thread-safe.
 */
final class DiagnosedSamples {
  private final Map<String, List<SampleResult>> byClassifier = new LinkedHashMap<>();
  private Optional<Lipschitz> lipschitz = Optional.empty();

  void add(String classifier, List<SampleResult> samples) {
    byClassifier.computeIfAbsent(classifier, name -> new ArrayList<>()).addAll(samples);
  }

  void add(JobResult result) {
    if (result instanceof SmoothnessResult smoothness && smoothness.lipschitz() != null) {
      lipschitz = Optional.of(smoothness.lipschitz());
    }
  }

  /** In the order in which they were measured. */
  Map<String, List<SampleResult>> byClassifier() {
    return Collections.unmodifiableMap(byClassifier);
  }

  /** Of the generator; empty if no smoothness was measured. */
  Optional<Lipschitz> lipschitz() {
    return lipschitz;
  }
}
