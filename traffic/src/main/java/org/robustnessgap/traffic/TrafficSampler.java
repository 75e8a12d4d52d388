package org.robustnessgap.traffic;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.data.FittedImage;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.traffic.format.RecordContent;

/**
 * Draws samples of each window of time. Windows follow each other without a gap and begin at whole
 * multiples of their length since 1970, so that a restarted process goes on in the same one. Holds
 * no more images than are drawn. Not thread-safe.
 */
public final class TrafficSampler {
  private final TrafficReader reader;
  private final int samples;
  private final Duration length;
  private final long seed;
  private Instant start;
  private Reservoir<FittedImage> reservoir;
  private TrafficCounts counts = TrafficCounts.NONE;
  private JobFailure.@Nullable Refused refusal;

  /**
   * @param samples how many to draw of each window, at least 1
   * @param length of a window, at least a millisecond
   * @param seed with the window and its records, determines what is drawn
   * @param now in the first window
   */
  public TrafficSampler(
      TrafficReader reader, int samples, Duration length, long seed, Instant now) {
    this.reader = reader;
    this.samples = samples;
    this.length = length;
    this.seed = seed;
    this.start = startOf(now);
    this.reservoir = empty();
  }

  private Instant startOf(Instant now) {
    long millis = length.toMillis();
    return Instant.ofEpochMilli(Math.floorDiv(now.toEpochMilli(), millis) * millis);
  }

  private Reservoir<FittedImage> empty() {
    return new Reservoir<>(samples, seed * 31 + start.toEpochMilli());
  }

  /** When the present window began. */
  public Instant start() {
    return start;
  }

  /** A record that was read. */
  public void add(RecordContent content, Instant written) {
    if (written.isBefore(start)) {
      counts = counts.withLate();
      return;
    }
    Reading reading = reader.read(content);
    counts = reading.countedIn(counts);
    reading.images().forEach(reservoir::add);
    if (refusal == null) {
      refusal = reading.refusal();
    }
  }

  /** Records that nobody read, as they came too fast. */
  public void passOver(long records) {
    counts = counts.withPassedOver(records);
  }

  /** Whether the present window is at its end. */
  public boolean isOver(Instant now) {
    return !now.isBefore(start.plus(length));
  }

  /** Ends the present window and begins the one that it is now. */
  public TrafficWindow next(Instant now) {
    TrafficWindow ended =
        new TrafficWindow(start, start.plus(length), reservoir.drawn(), counts, refusal);
    start = startOf(now);
    reservoir = empty();
    counts = TrafficCounts.NONE;
    refusal = null;
    return ended;
  }
}
