package org.robustnessgap.deploy.measure;

import java.nio.file.Path;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.campaign.sampling.ImageSamples;
import org.robustnessgap.campaign.sampling.LatentSampler;
import org.robustnessgap.campaign.sampling.LatentSource;
import org.robustnessgap.deploy.images.ImageNotices;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.SamplingPlan;
import org.robustnessgap.messages.TransferPlan;
import picocli.CommandLine.Option;

/** Which samples are examined, on the command line. */
final class SampleOptions {
  private static final long SAMPLES = 512;
  private static final long IMAGES = 1000;

  /** Values; half a gigabyte. */
  private static final long LARGEST_LATENTS = 1L << 27;

  @Option(
      names = "--samples",
      paramLabel = "N",
      description =
          "Latent vectors to attack (default: "
              + SAMPLES
              + ", or all rows of --latents, or as many as --campaign says); of --images at most so"
              + " many, from the first (default: "
              + IMAGES
              + ").")
  private @Nullable Long samples;

  @Option(
      names = "--latents",
      paramLabel = "Z.f32",
      description = "Take the latent vectors from here: little-endian float32 rows of length d.")
  private @Nullable Path latentFile;

  /**
   * What is measured.
   *
   * @param campaign with its number of samples, all in one window, so that one figure is of them
   *     all
   * @param source of the samples that classifiers are judged on
   */
  record Samples(Campaign campaign, LatentSource source) implements AutoCloseable {
    @Override
    public void close() {
      if (source instanceof ImageSamples images) {
        images.close();
      }
    }
  }

  /**
   * As many samples as asked for, else as the campaign says itself, else all there are, else the
   * usual number.
   *
   * @param folder where the location of images begins, if it is relative
   * @throws InvalidInputException if that is none, or more than there are or fit
   */
  Samples of(Campaign campaign, Path folder) {
    if (samples != null && samples < 1) {
      throw new InvalidInputException("--samples is " + samples + " but must be at least 1.");
    }
    return campaign.data() == null ? latents(campaign) : images(campaign, folder);
  }

  private Samples latents(Campaign campaign) {
    int dimension = campaign.source().latentDimension();
    long count = count(campaign, dimension);
    return new Samples(
        bounded(campaign, count),
        latentFile == null
            ? new LatentSampler(campaign.sampling().seed(), dimension)
            : LatentFile.read(latentFile, dimension, count));
  }

  /** Of images, --samples says how many at most; those that are skipped are named. */
  private Samples images(Campaign campaign, Path folder) {
    if (latentFile != null) {
      throw new InvalidInputException(
          "--latents are of a generator, and images have none; leave out --latents.");
    }
    OptionalLong planned = samples == null ? campaign.examined() : OptionalLong.empty();
    long most = samples != null ? samples : planned.orElse(IMAGES);
    ImageSamples images = ImageSamples.of(campaign, folder, most);
    ImageNotices.skipped(images.skipped());
    if (!images.isWhole()) {
      ImageNotices.first(images.path(), images.count());
    }
    if (images.count() < planned.orElse(0)) {
      throw new InvalidInputException(
          String.format(
              "There are %d images, fewer than the %d samples of campaign %s; lower its number.",
              images.count(), most, campaign.id()));
    }
    Long own = samples == null ? campaign.sampling().samples() : null;
    return new Samples(bounded(campaign, own == null ? images.count() : own), images);
  }

  private long count(Campaign campaign, int dimension) {
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
   * With a number of samples, all in one window. What asks for fewer than the campaign itself
   * compares no more pairs than there are samples.
   */
  private Campaign bounded(Campaign campaign, long count) {
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
        campaign.diagnostics(),
        campaign.data());
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
}
