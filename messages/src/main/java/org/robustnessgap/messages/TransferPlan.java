package org.robustnessgap.messages;

/**
 * How it is measured whether perturbations of one classifier fool another, for every pair of a
 * campaign's classifiers, in latent and in unconstrained space.
 *
 * @param samples latent vectors to examine, the first of the campaign
 * @param batchSize latent vectors in one job
 * @param effort what each of the searches for smallest perturbations may spend on a sample
 */
public record TransferPlan(long samples, int batchSize, Effort effort) {
  private static final int STANDARD_BATCH = 32;

  public TransferPlan {
    Checks.atLeast(samples, 1, "transfer samples");
    Checks.atLeast(batchSize, 1, "batch size");
    Checks.present(effort, "effort of the transfer plan");
  }

  /** At the standard effort, in batches that share their work well. */
  public static TransferPlan standard(long samples) {
    return new TransferPlan(samples, STANDARD_BATCH, Effort.STANDARD);
  }
}
