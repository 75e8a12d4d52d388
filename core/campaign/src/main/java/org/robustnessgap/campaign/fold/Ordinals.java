package org.robustnessgap.campaign.fold;

import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.JobResult;

/** Between which ordinals, both included, samples lie. */
public record Ordinals(long first, long last) {
  /** With those of a result. */
  static Ordinals plus(@Nullable Ordinals known, JobResult result) {
    long first = result.jobId().firstOrdinal();
    long last = first + result.sampleCount() - 1;
    return known == null
        ? new Ordinals(first, last)
        : new Ordinals(Math.min(known.first, first), Math.max(known.last, last));
  }
}
