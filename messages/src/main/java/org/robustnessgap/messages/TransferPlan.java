package org.robustnessgap.messages;

import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How it is measured whether perturbations of one classifier fool another, for every pair of a
 * campaign's classifiers. Smallest perturbations are searched by descent on the boundary, by ℓ2
 * norms and without a pixel range; what asks for another norm or a range is refused.
 *
 * @param samples latent vectors to examine, the first of the campaign
 * @param batchSize latent vectors in one job
 * @param effort what each of the searches for smallest perturbations may spend on a sample
 * @param spaces where; absent for the two that there are, latent and unconstrained
 * @param norm absent for ℓ2
 * @param pixelRange absent: there is none
 */
public record TransferPlan(
    long samples,
    int batchSize,
    Effort effort,
    List<Space> spaces,
    Norm norm,
    @OmitEmpty @Nullable PixelRange pixelRange)
    implements JobPlan {
  /** Where perturbations of two classifiers are compared. */
  public static final List<Space> SPACES = List.of(Space.LATENT, Space.UNCONSTRAINED);

  private static final int STANDARD_BATCH = 32;

  public TransferPlan {
    Checks.atLeast(samples, 1, "transfer samples");
    Checks.atLeast(batchSize, 1, "batch size");
    Checks.present(effort, "effort of the transfer plan");
    spaces = spaces == null ? SPACES : Checks.notEmpty(spaces, "spaces of the transfer plan");
    Checks.check(
        SPACES.containsAll(spaces) && EnumSet.copyOf(spaces).size() == spaces.size(),
        "the spaces of a transfer plan are %s, but what fools two classifiers is searched in latent and in unconstrained space only, each once",
        spaces);
    norm = norm == null ? Norm.L2 : norm;
    Checks.check(
        norm == Norm.L2 && pixelRange == null,
        "what fools two classifiers is searched by l2 norms and without a pixel range; leave %s out of the transfer plan",
        norm == Norm.L2 ? "the pixel range" : "the norm " + norm);
  }

  /** In both spaces. */
  public TransferPlan(long samples, int batchSize, Effort effort) {
    this(samples, batchSize, effort, SPACES, Norm.L2, null);
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
    PairId pair = id.pair();
    return new Job.Transfer(
        id,
        campaign.source(),
        campaign.classifier(pair.first()),
        campaign.classifier(pair.second()),
        this,
        latents);
  }

  /** At the standard effort, in batches that share their work well. */
  public static TransferPlan standard(long samples) {
    return of(samples, Effort.STANDARD, SPACES);
  }

  /** In batches that share their work well. */
  public static TransferPlan of(long samples, Effort effort, List<Space> spaces) {
    return new TransferPlan(samples, STANDARD_BATCH, effort, spaces, Norm.L2, null);
  }

  /** How each of its perturbations is searched. */
  public AttackPlan attack() {
    return new AttackPlan(spaces, new Algorithm.BoundaryDescent(effort), norm, pixelRange);
  }
}
