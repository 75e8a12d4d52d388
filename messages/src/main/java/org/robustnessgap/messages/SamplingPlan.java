package org.robustnessgap.messages;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Which latent vectors a campaign draws, and how fast.
 *
 * @param seed with the ordinal, determines a latent vector
 * @param samples how many to draw; null for a continuous campaign, which never stops
 * @param samplesPerSecond highest rate of drawing; null for as fast as the workers take jobs
 * @param batchSize latent vectors in one job, 1 to 4096
 * @param windowSamples consecutive ordinals that share one figure; a multiple of the batch size
 * @param maxJobsInFlight jobs of one classifier sent and not yet answered before drawing pauses
 * @param jobTimeoutSeconds a job without an answer for so long is sent again
 */
public record SamplingPlan(
    long seed,
    @Nullable Long samples,
    @Nullable Double samplesPerSecond,
    int batchSize,
    long windowSamples,
    int maxJobsInFlight,
    double jobTimeoutSeconds) {

  public SamplingPlan {
    if (samples != null) {
      Checks.atLeast(samples, 1, "number of samples");
    }
    if (samplesPerSecond != null) {
      Checks.positive(samplesPerSecond, "samples per second");
    }
    Checks.atLeast(batchSize, 1, "batch size");
    Checks.check(batchSize <= 4096, "batch size is %d but must be at most 4096", batchSize);
    Checks.atLeast(windowSamples, 1, "window");
    Checks.check(
        windowSamples % batchSize == 0 || (samples != null && windowSamples >= samples),
        "the window of %d samples is not a multiple of the batch size %d",
        windowSamples,
        batchSize);
    Checks.atLeast(maxJobsInFlight, 1, "jobs in flight");
    Checks.positive(jobTimeoutSeconds, "job timeout");
  }

  /** One figure over a fixed number of samples, drawn as fast as the workers take them. */
  public static SamplingPlan bounded(long seed, long samples, int batchSize) {
    return new SamplingPlan(seed, samples, null, batchSize, samples, 16, 600);
  }

  /** The same with another number of samples. */
  public SamplingPlan endingAt(long end) {
    return new SamplingPlan(
        seed, end, samplesPerSecond, batchSize, windowSamples, maxJobsInFlight, jobTimeoutSeconds);
  }

  /** How many ordinals the campaign has, or empty for a continuous one. */
  public OptionalLong end() {
    return samples == null ? OptionalLong.empty() : OptionalLong.of(samples);
  }

  /** The window that holds this ordinal. */
  public Window windowOf(long ordinal) {
    long index = ordinal / windowSamples;
    long size =
        samples == null ? windowSamples : Math.min(windowSamples, samples - index * windowSamples);
    return new Window(index, size);
  }
}
