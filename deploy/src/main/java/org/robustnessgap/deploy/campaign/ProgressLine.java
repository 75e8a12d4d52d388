package org.robustnessgap.deploy.campaign;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/**
 * One line about how far a campaign is, how fast and how long still. The rate is that of the last
 * two minutes: classifiers differ in cost, and samples arrive a job at a time.
 */
public final class ProgressLine {
  private static final Duration RATE_SPAN = Duration.ofMinutes(2);
  private static final int BAR = 24;

  private final long total;
  private final Deque<Observation> recent = new ArrayDeque<>();

  private record Observation(Instant time, long settled) {}

  /**
   * @param total samples to settle, at least 1
   * @param start when the campaign began
   */
  public ProgressLine(long total, Instant start) {
    this.total = total;
    recent.add(new Observation(start, 0));
  }

  /** The line at this time, later than all before, with so many samples settled. */
  public String at(Instant now, long settled) {
    // The oldest observation kept is the last one that is older than the span.
    recent.addLast(new Observation(now, settled));
    while (recent.size() > 2 && age(second(), now).compareTo(RATE_SPAN) >= 0) {
      recent.removeFirst();
    }
    int filled = (int) (BAR * settled / total);
    return String.format(
        Locale.ROOT,
        "[%s%s] %3d %%  %d of %d samples  %s",
        "#".repeat(filled),
        ".".repeat(BAR - filled),
        100 * settled / total,
        settled,
        total,
        outlook(now, settled));
  }

  private String outlook(Instant now, long settled) {
    if (settled >= total) {
      return "completing the limits";
    }
    Observation first = recent.getFirst();
    double seconds = age(first, now).toMillis() / 1000.0;
    if (settled == first.settled() || seconds <= 0) {
      return settled == 0 ? "waiting for the first results" : "waiting for results";
    }
    double rate = (settled - first.settled()) / seconds;
    return String.format(
        Locale.ROOT, "%.1f samples/s  %s left", rate, duration((total - settled) / rate));
  }

  private Observation second() {
    var all = recent.iterator();
    all.next();
    return all.next();
  }

  private static Duration age(Observation observation, Instant now) {
    return Duration.between(observation.time(), now);
  }

  private static String duration(double seconds) {
    long whole = (long) Math.ceil(seconds);
    if (whole < 60) {
      return whole + " s";
    }
    return whole < 3600
        ? String.format("%d min %02d s", whole / 60, whole % 60)
        : String.format("%d h %02d min", whole / 3600, whole % 3600 / 60);
  }
}
