package org.robustnessgap.campaign.plan;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.campaign.sampling.Fingerprints;
import org.robustnessgap.campaign.sampling.ImageSamples;
import org.robustnessgap.campaign.sampling.LatentSource;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.ImageData;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.LatentBatch;

/**
 * The images of a campaign, read no earlier than a job of them is due, so that neither a campaign
 * that is done nor the recovery of a ledger reads any. Not thread-safe.
 */
final class CampaignImages implements LatentSource, AutoCloseable {
  /** So many are read before others have their turn again; tenths of a second. */
  private static final long VALUES_AT_ONCE = 1L << 22;

  private final Campaign campaign;
  private final ImageData data;
  private final Path folder;
  private final Fingerprints sent;
  private final ImageReports reports;

  /** Null until they are needed. */
  private @Nullable ImageSamples samples;

  private boolean ready;

  /**
   * @param campaign of images, as many as it says
   * @param folder where relative locations begin, and outside which nothing is read
   * @param sent what the jobs sent so far held
   */
  CampaignImages(Campaign campaign, Path folder, Fingerprints sent, ImageReports reports) {
    this.campaign = campaign;
    this.data = Objects.requireNonNull(campaign.data());
    this.folder = folder.toAbsolutePath().normalize();
    this.sent = sent;
    this.reports = reports;
  }

  /**
   * Reads on, and says whether all are counted, so that they can be drawn.
   *
   * @throws InvalidInputException if they cannot be used, are too few, or are others than those
   *     that were sent
   */
  boolean ready() {
    if (ready) {
      return true;
    }
    long wanted = campaign.examined().orElseThrow();
    if (samples == null) {
      requireWithinFolder();
      samples = ImageSamples.uncounted(campaign, folder, wanted, sent);
    }
    if (!samples.count(VALUES_AT_ONCE)) {
      return false;
    }
    if (samples.count() < wanted) {
      throw new InvalidInputException(
          String.format(
              "There are %d images at %s, fewer than the %d samples of campaign %s; lower its number.",
              samples.count(), folder.resolve(data.files()), wanted, campaign.id()));
    }
    samples.skipped().forEach(image -> reports.skipped(campaign.id(), image.toString()));
    ready = true;
    return true;
  }

  private void requireWithinFolder() {
    try {
      if (folder.resolve(data.files()).normalize().startsWith(folder)) {
        return;
      }
    } catch (InvalidPathException e) {
      throw new InvalidInputException(
          "'" + data.files() + "' is no path; correct the location of the images.", e);
    }
    throw new InvalidInputException(
        String.format(
            "The images of campaign %s are to be at %s, but the generator service reads none outside of %s; put them there, or start it with another folder for --images.",
            campaign.id(), data.files(), folder));
  }

  @Override
  public LatentBatch draw(long firstOrdinal, int count) {
    LatentBatch drawn = Objects.requireNonNull(samples).draw(firstOrdinal, count);
    sent.agree(drawn);
    return drawn;
  }

  /** Closes files and forgets pixels; what is drawn after that is read again. */
  @Override
  public void close() {
    if (samples != null) {
      samples.close();
    }
  }
}
