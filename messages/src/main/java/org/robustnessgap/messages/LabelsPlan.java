package org.robustnessgap.messages;

import java.util.OptionalLong;

/**
 * That the labels of each classifier are counted.
 *
 * @param samples latent vectors to look at, the first of the campaign
 * @param batchSize latent vectors in one job
 */
public record LabelsPlan(long samples, int batchSize) implements JobPlan {
  public LabelsPlan {
    Checks.atLeast(samples, 1, "labelled samples");
    Checks.atLeast(batchSize, 1, "batch size");
  }

  @Override
  public OptionalLong end(SamplingPlan sampling) {
    return OptionalLong.of(samples);
  }

  @Override
  public int batchSize(SamplingPlan sampling) {
    return batchSize;
  }

  @Override
  public Job cut(Campaign campaign, JobId id, LatentBatch latents) {
    return new LabelsJob(id, campaign.generator(), campaign.classifier(id.subject()), latents);
  }
}
