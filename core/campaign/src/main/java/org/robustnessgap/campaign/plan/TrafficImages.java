package org.robustnessgap.campaign.plan;

import java.util.List;
import java.util.stream.LongStream;
import org.robustnessgap.campaign.sampling.LatentSource;
import org.robustnessgap.data.FittedImage;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.LatentBatch;

/**
 * The images drawn in one window of live traffic, and the jobs of them: those of a campaign that
 * ends with it, so that a window that saw little is complete with what it has.
 */
final class TrafficImages implements LatentSource {
  private final long first;
  private final List<FittedImage> images;
  private final List<Long> ordinals;
  private final JobCutter cutter;

  /**
   * @param first ordinal of the first
   * @param images at least one, at most as many as a window has samples
   */
  TrafficImages(Campaign campaign, long first, List<FittedImage> images) {
    this.first = first;
    this.images = List.copyOf(images);
    this.ordinals = ordinals(campaign, first / campaign.sampling().windowSamples(), images.size());
    this.cutter = new JobCutter(campaign.endingAt(first + images.size()), this);
  }

  /**
   * @throws InvalidInputException if a batch does not fit a message
   */
  static void requireFits(Campaign campaign) {
    LatentSource none =
        (ordinal, count) -> {
          throw new IllegalStateException("images of no window");
        };
    JobCutter.ofMessages(campaign.endingAt(campaign.sampling().windowSamples()), none);
  }

  /** Where the jobs of a window begin. */
  static List<Long> ordinals(Campaign campaign, long window, long samples) {
    long from = window * campaign.sampling().windowSamples();
    int batch = campaign.sampling().batchSize();
    return LongStream.range(0, (samples + batch - 1) / batch)
        .mapToObj(job -> from + job * batch)
        .toList();
  }

  List<Long> ordinals() {
    return ordinals;
  }

  /** How many. */
  int size() {
    return images.size();
  }

  Job cut(JobId id) {
    return cutter.cut(id);
  }

  @Override
  public LatentBatch draw(long firstOrdinal, int count) {
    int from = Math.toIntExact(firstOrdinal - first);
    List<FittedImage> rows = images.subList(from, from + count);
    int dimension = rows.get(0).values().length;
    float[] values = new float[Math.multiplyExact(count, dimension)];
    for (int row = 0; row < count; row++) {
      System.arraycopy(rows.get(row).values(), 0, values, row * dimension, dimension);
    }
    return new LatentBatch(
        firstOrdinal, dimension, values, rows.stream().map(FittedImage::name).toList());
  }
}
