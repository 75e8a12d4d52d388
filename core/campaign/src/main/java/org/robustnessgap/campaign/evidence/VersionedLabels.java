package org.robustnessgap.campaign.evidence;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.JobResult;
import org.robustnessgap.messages.ModelIdentity;
import org.robustnessgap.messages.Provenance;

/**
 * Labels, apart by which version of its classifiers gave them. The latest version is that of the
 * sample with the largest ordinal, as it is in figures, so it does not depend on the order in which
 * results arrive.
 */
final class VersionedLabels {
  private final Map<Version, LabelEvidence> versions = new HashMap<>();

  /**
   * @param model of one classifier, or of the first of two; null where results do not tell
   * @param second of the second of two; null likewise, and of one
   */
  record Version(@Nullable ModelIdentity model, @Nullable ModelIdentity second) {
    static Version of(@Nullable Provenance provenance) {
      return provenance == null
          ? new Version(null, null)
          : new Version(provenance.model(), provenance.second());
    }
  }

  /**
   * What is to be added to when this result comes. What was of an unknown generator is forgotten
   * when a result names one.
   *
   * @throws InvalidInputException if it contradicts earlier results, or has too many classes
   */
  LabelEvidence of(JobResult result, int classes, int latentDimension) {
    Provenance provenance = result.provenance();
    String generator = provenance == null ? null : provenance.generator();
    Version version = Version.of(provenance);
    LabelEvidence known = versions.get(version);
    if (known != null) {
      known.requireSame(result.jobId(), classes, latentDimension);
    }
    versions.values().forEach(any -> any.requireSameGenerator(result.jobId(), generator));
    LabelEvidence labels =
        known != null && (generator == null || known.generator() != null)
            ? known
            : new LabelEvidence(result.jobId(), classes, latentDimension, generator);
    if (generator != null) {
      versions.values().removeIf(any -> any.generator() == null);
    }
    versions.put(version, labels);
    return labels;
  }

  /** The latest version and its labels; empty before the first result. */
  Optional<Map.Entry<Version, LabelEvidence>> latest() {
    return versions.entrySet().stream()
        .max(Comparator.comparingLong(entry -> entry.getValue().lastOrdinal()));
  }

  /** Those of the latest version. At least one result must have come. */
  LabelEvidence labels() {
    return latest().orElseThrow().getValue();
  }
}
