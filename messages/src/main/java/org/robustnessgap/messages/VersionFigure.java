package org.robustnessgap.messages;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was measured of one version of a classifier.
 *
 * @param model which; absent where results do not tell
 * @param samples how many were answered of it
 * @param firstOrdinal of the first of them; absent where an older aggregator did not keep it
 * @param lastOrdinal of the last of them; those between may be of other versions too
 * @param spaces quantiles of its distances, normalised as those of the figures shown; without those
 *     of a space while its normaliser is unknown
 */
public record VersionFigure(
    @OmitEmpty @Nullable ModelIdentity model,
    long samples,
    @OmitEmpty @Nullable Long firstOrdinal,
    @OmitEmpty @Nullable Long lastOrdinal,
    Map<Space, List<MeasuredQuantile>> spaces) {
  public VersionFigure {
    Checks.atLeast(samples, 1, "samples of a version");
    Checks.check(
        firstOrdinal == null || lastOrdinal == null || firstOrdinal <= lastOrdinal,
        "the first ordinal of a version is %s, after the last, %s",
        firstOrdinal,
        lastOrdinal);
    Map<Space, List<MeasuredQuantile>> copy = new EnumMap<>(Space.class);
    spaces.forEach(
        (space, quantiles) -> copy.put(space, Checks.list(quantiles, "quantiles of a version")));
    spaces = Checks.bySpace(copy, "quantiles of a version");
  }
}
