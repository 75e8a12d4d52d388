package org.robustnessgap.messages;

import java.util.OptionalLong;

/** What a campaign says of one kind of job, and hence how its samples are cut into such jobs. */
public interface JobPlan {
  /**
   * The ordinal after the last that is looked at; empty if there is no last.
   *
   * @param sampling of the same campaign
   */
  OptionalLong end(SamplingPlan sampling);

  /** Samples in one job; the last may hold fewer. */
  int batchSize(SamplingPlan sampling);

  /**
   * The job of this id.
   *
   * @param campaign that this plan is part of
   * @param id of one of the campaign's subjects
   * @param latents from the ordinal of the id
   */
  Job cut(Campaign campaign, JobId id, LatentBatch latents);
}
