package org.robustnessgap.deploy.measure;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.campaign.sampling.LatentSampler;
import org.robustnessgap.campaign.sampling.LatentSource;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.SamplingPlan;
import org.robustnessgap.messages.TransferPlan;
import picocli.CommandLine.Option;

/** Which samples are examined, on the command line. */
final class SampleOptions {
  private static final long SAMPLES = 512;

  /** Values; half a gigabyte. */
  private static final long LARGEST_LATENTS = 1L << 27;

  @Option(
      names = "--samples",
      paramLabel = "N",
      description =
          "Latent vectors to attack (default: "
              + SAMPLES
              + ", or all rows of --latents, or as many as --campaign says).")
  private @Nullable Long samples;

  @Option(
      names = "--latents",
      paramLabel = "Z.f32",
      description = "Take the latent vectors from here: little-endian float32 rows of length d.")
  private @Nullable Path latentFile;

  /**
   * How many samples the campaign examines: as many as asked for, else as it says itself, else all
   * there are, else the usual number.
   *
   * @throws InvalidInputException if that is none, or more than there are or fit
   */
  long count(Campaign campaign) {
    int dimension = campaign.generator().latentDimension();
    Long planned = campaign.sampling().samples();
    long rows = latentFile == null ? Long.MAX_VALUE : LatentFile.rows(latentFile, dimension);
    long count;
    if (samples != null) {
      count = samples;
    } else if (planned != null) {
      count = planned;
    } else {
      count = latentFile == null ? SAMPLES : rows;
    }
    if (count < 1) {
      throw new InvalidInputException("--samples is " + samples + " but must be at least 1.");
    }
    if (count > rows) {
      throw new InvalidInputException(
          String.format(
              "%s holds %d latent vectors, fewer than the %d of %s.",
              latentFile, rows, count, samples == null ? "the campaign" : "--samples"));
    }
    long most = LARGEST_LATENTS / dimension;
    if (count > most) {
      throw new InvalidInputException(
          String.format(
              "%d samples are more than measure holds at once (%d at latent dimension %d); lower --samples, or run a campaign.",
              count, most, dimension));
    }
    return count;
  }

  /**
   * The campaign with that number of samples, all in one window, so that one figure is of them all.
   * What asks for fewer than the campaign itself compares no more pairs than there are samples.
   */
  Campaign bounded(Campaign campaign) {
    long count = count(campaign);
    SamplingPlan sampling = campaign.sampling();
    TransferPlan transfer = campaign.transfer();
    boolean asPlanned = samples == null && latentFile == null && sampling.samples() != null;
    return new Campaign(
        campaign.id(),
        campaign.generator(),
        campaign.classifiers(),
        new SamplingPlan(
            sampling.seed(),
            count,
            sampling.samplesPerSecond(),
            sampling.batchSize(),
            count,
            sampling.maxJobsInFlight(),
            sampling.jobTimeoutSeconds()),
        campaign.attack(),
        campaign.smoothness(),
        transfer == null || asPlanned ? transfer : atMost(count, transfer),
        campaign.quantiles(),
        campaign.jobs(),
        campaign.diagnostics());
  }

  private static TransferPlan atMost(long count, TransferPlan plan) {
    return new TransferPlan(
        Math.min(count, plan.samples()),
        plan.batchSize(),
        plan.effort(),
        plan.spaces(),
        plan.norm(),
        plan.pixelRange());
  }

  /** The latent vectors, the first {@link #count} of them. */
  LatentSource latents(Campaign campaign) {
    int dimension = campaign.generator().latentDimension();
    return latentFile == null
        ? new LatentSampler(campaign.sampling().seed(), dimension)
        : LatentFile.read(latentFile, dimension, count(campaign));
  }
}
