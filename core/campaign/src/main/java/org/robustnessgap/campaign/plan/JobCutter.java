package org.robustnessgap.campaign.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.robustnessgap.campaign.sampling.LatentSampler;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.GeneratorReference;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.PairId;
import org.robustnessgap.messages.Topic;

/**
 * Cuts a campaign into jobs: batches of consecutive ordinals, the same batches for every
 * classifier, always the same content for the same id. Immutable.
 */
final class JobCutter {
  /** Some of the largest message is left for the plans. */
  private static final long LARGEST_LATENTS = Topic.LARGEST_MESSAGE_BYTES - (64 << 10);

  /** Where a continuous campaign would end; far off, and safe to add a batch to. */
  private static final long NEVER = Long.MAX_VALUE / 2;

  private final Campaign campaign;
  private final LatentSampler sampler;
  private final List<JobId> firstJobs;

  /**
   * @throws InvalidInputException if a batch of this campaign does not fit a message
   */
  JobCutter(Campaign campaign) {
    this.campaign = campaign;
    this.sampler =
        new LatentSampler(campaign.sampling().seed(), campaign.generator().latentDimension());
    requireFits(campaign.sampling().batchSize(), "batch size");
    if (campaign.smoothness() != null) {
      requireFits(campaign.smoothness().batchSize(), "smoothness batch size");
    }
    if (campaign.transfer() != null) {
      requireFits(campaign.transfer().batchSize(), "transfer batch size");
    }
    this.firstJobs = firstJobs(campaign);
  }

  private void requireFits(int batchSize, String what) {
    // float32 in base64
    long bytesPerVector = (campaign.generator().latentDimension() * 16L + 2) / 3;
    if (batchSize * bytesPerVector > LARGEST_LATENTS) {
      throw new InvalidInputException(
          String.format(
              "Campaign %s has a %s of %d, but no more than %d latent vectors of length %d fit a"
                  + " message of %d MiB; lower it.",
              campaign.id(),
              what,
              batchSize,
              LARGEST_LATENTS / bytesPerVector,
              campaign.generator().latentDimension(),
              Topic.LARGEST_MESSAGE_BYTES >> 20));
    }
  }

  /**
   * The first job of each sequence of jobs: smoothness, then classifiers in their order, then pairs
   * of them.
   */
  List<JobId> firstJobs() {
    return firstJobs;
  }

  private static List<JobId> firstJobs(Campaign campaign) {
    List<JobId> firsts = new ArrayList<>();
    if (campaign.smoothness() != null) {
      firsts.add(new JobId(campaign.id(), JobId.Kind.SMOOTHNESS, campaign.generator().name(), 0));
    }
    for (ModelReference classifier : campaign.classifiers()) {
      firsts.add(new JobId(campaign.id(), JobId.Kind.ATTACK, classifier.name(), 0));
    }
    if (campaign.transfer() != null) {
      for (PairId pair : PairId.allOf(campaign)) {
        firsts.add(new JobId(campaign.id(), JobId.Kind.TRANSFER, pair.subject(), 0));
      }
    }
    return Collections.unmodifiableList(firsts);
  }

  /**
   * Whether this campaign could cut a job of this id, with the classifiers and the number of
   * samples it has now or with others.
   */
  boolean couldCut(JobId id) {
    boolean subject =
        switch (id.kind()) {
          case ATTACK -> true;
          case SMOOTHNESS ->
              campaign.smoothness() != null && id.subject().equals(campaign.generator().name());
          case TRANSFER -> campaign.transfer() != null;
        };
    return subject && id.firstOrdinal() < NEVER && id.firstOrdinal() % batchSize(id.kind()) == 0;
  }

  /** The ordinal after the last; beyond reach for a continuous campaign. */
  long end(JobId.Kind kind) {
    return switch (kind) {
      case ATTACK -> campaign.sampling().end().orElse(NEVER);
      case SMOOTHNESS -> campaign.smoothness() == null ? 0 : campaign.smoothness().samples();
      case TRANSFER -> campaign.transfer() == null ? 0 : campaign.transfer().samples();
    };
  }

  /** The job of the same sequence that holds another ordinal first. */
  static JobId at(JobId sequence, long firstOrdinal) {
    return new JobId(sequence.campaign(), sequence.kind(), sequence.subject(), firstOrdinal);
  }

  /**
   * The job itself.
   *
   * @param id one of the campaign's subjects, and an ordinal at which it is cut
   */
  Job cut(JobId id) {
    int count = (int) Math.min(batchSize(id.kind()), end(id.kind()) - id.firstOrdinal());
    GeneratorReference generator = campaign.generator();
    LatentBatch latents = sampler.draw(id.firstOrdinal(), count);
    return switch (id.kind()) {
      case SMOOTHNESS -> new Job.Smoothness(id, generator, campaign.smoothness(), latents);
      case TRANSFER ->
          new Job.Transfer(
              id,
              generator,
              classifier(id.pair().first()),
              classifier(id.pair().second()),
              campaign.transfer(),
              latents);
      case ATTACK ->
          new Job.Attack(
              id,
              generator,
              classifier(id.subject()),
              campaign.sampling().windowOf(id.firstOrdinal()),
              campaign.attack(),
              latents);
    };
  }

  private ModelReference classifier(String name) {
    return campaign.classifiers().stream()
        .filter(classifier -> classifier.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  int batchSize(JobId.Kind kind) {
    return switch (kind) {
      case ATTACK -> campaign.sampling().batchSize();
      case SMOOTHNESS -> campaign.smoothness().batchSize();
      case TRANSFER -> campaign.transfer().batchSize();
    };
  }
}
