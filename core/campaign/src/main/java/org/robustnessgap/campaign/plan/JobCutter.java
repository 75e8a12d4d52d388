package org.robustnessgap.campaign.plan;

import java.util.List;
import org.robustnessgap.campaign.sampling.ImageSamples;
import org.robustnessgap.campaign.sampling.LatentSampler;
import org.robustnessgap.campaign.sampling.LatentSource;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.JobPlan;
import org.robustnessgap.messages.Topic;

/**
 * Cuts a campaign into jobs: batches of consecutive ordinals, the same batches for every
 * classifier, always the same content for the same id. Immutable.
 */
final class JobCutter {
  /** Some of the largest message is left for the plans. */
  private static final long LARGEST_LATENTS = Topic.LARGEST_MESSAGE_BYTES - (64 << 10);

  /** Bytes of an image's name in JSON, if each character must be escaped. */
  private static final long LONGEST_NAME = 6L * ImageSamples.LONGEST_NAME + 3;

  /** Where a continuous campaign would end; far off, and safe to add a batch to. */
  private static final long NEVER = Long.MAX_VALUE / 2;

  private final Campaign campaign;
  private final LatentSource drawn;
  private final LatentSource examined;
  private final List<JobId> firstJobs;

  /**
   * Of jobs that no message has to carry.
   *
   * @param examined the latent vectors that classifiers are judged on; how smooth the generator is
   *     is a matter of its distribution, and always examined on drawn ones
   */
  JobCutter(Campaign campaign, LatentSource examined) {
    this.campaign = campaign;
    this.drawn = drawn(campaign);
    this.examined = examined;
    this.firstJobs = firstJobs(campaign);
  }

  /**
   * Of jobs that messages carry.
   *
   * @param examined see above
   * @throws InvalidInputException if a batch of this campaign does not fit a message, or it never
   *     ends, although images do
   */
  static JobCutter ofMessages(Campaign campaign, LatentSource examined) {
    if (campaign.data() != null && campaign.examined().isEmpty()) {
      throw new InvalidInputException(
          String.format(
              "Campaign %s is of images but never ends; give it a number of samples, at most as many as there are images.",
              campaign.id()));
    }
    JobCutter cutter = new JobCutter(campaign, examined);
    for (JobKind kind : JobKind.ALL) {
      if (campaign.plan(kind).isPresent()) {
        cutter.requireFits(
            cutter.batchSize(kind), kind.windowed() ? "batch size" : kind + " batch size");
      }
    }
    return cutter;
  }

  /** What a generator's campaign looks at: vectors drawn as it says. */
  static LatentSource drawn(Campaign campaign) {
    return new LatentSampler(campaign.sampling().seed(), campaign.source().latentDimension());
  }

  private void requireFits(int batchSize, String what) {
    // float32 in base64
    long bytesPerVector = (campaign.source().latentDimension() * 16L + 2) / 3;
    if (campaign.data() != null) {
      bytesPerVector += LONGEST_NAME;
    }
    if (batchSize * bytesPerVector > LARGEST_LATENTS) {
      throw new InvalidInputException(
          String.format(
              "Campaign %s has a %s of %d, but no more than %d %s of length %d fit a message of %d"
                  + " MiB; lower it.",
              campaign.id(),
              what,
              batchSize,
              LARGEST_LATENTS / bytesPerVector,
              campaign.data() == null ? "latent vectors" : "images",
              campaign.source().latentDimension(),
              Topic.LARGEST_MESSAGE_BYTES >> 20));
    }
  }

  /** The first job of each sequence of jobs, kind by kind, subjects in the campaign's order. */
  List<JobId> firstJobs() {
    return firstJobs;
  }

  private static List<JobId> firstJobs(Campaign campaign) {
    return JobKind.ALL.stream()
        .flatMap(
            kind ->
                kind.subjects(campaign).stream()
                    .map(subject -> new JobId(campaign.id(), kind, subject, 0)))
        .toList();
  }

  /**
   * Whether this campaign could cut a job of this id, with the classifiers and the number of
   * samples it has now or with others.
   */
  boolean couldCut(JobId id) {
    return campaign.plan(id.kind()).isPresent()
        && id.kind().couldBeAbout(campaign, id.subject())
        && id.firstOrdinal() < NEVER
        && id.firstOrdinal() % batchSize(id.kind()) == 0;
  }

  /**
   * The ordinal after the last; beyond reach for a continuous campaign, and 0 for a kind that is
   * not planned.
   */
  long end(JobKind kind) {
    return campaign.plan(kind).map(plan -> plan.end(campaign.sampling()).orElse(NEVER)).orElse(0L);
  }

  /**
   * The job itself.
   *
   * @param id one of the campaign's subjects, and an ordinal at which it is cut
   */
  Job cut(JobId id) {
    int count = (int) Math.min(batchSize(id.kind()), end(id.kind()) - id.firstOrdinal());
    LatentSource source = id.kind().about() == JobKind.About.GENERATOR ? drawn : examined;
    return plan(id.kind()).cut(campaign, id, source.draw(id.firstOrdinal(), count));
  }

  /**
   * @param kind that the campaign has a plan for
   */
  int batchSize(JobKind kind) {
    return plan(kind).batchSize(campaign.sampling());
  }

  private JobPlan plan(JobKind kind) {
    return campaign.plan(kind).orElseThrow();
  }
}
