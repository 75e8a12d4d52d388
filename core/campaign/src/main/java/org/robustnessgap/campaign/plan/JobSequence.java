package org.robustnessgap.campaign.plan;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.robustnessgap.messages.RangeSet;

/**
 * What was sent and answered among the jobs of one subject in one campaign, each named by its first
 * ordinal. The events may come in any order and any number of times. Holds one entry for each job
 * without an answer, however many were answered. Not thread-safe.
 */
final class JobSequence {
  /** The deadline of a job doubles each time it is sent again, up to this factor. */
  private static final int LARGEST_BACKOFF = 64;

  private record Sending(Instant last, int times) {
    Sending again(Instant at) {
      return new Sending(at.isAfter(last) ? at : last, times + 1);
    }

    Instant deadline(double timeoutSeconds) {
      int backoff = times > 6 ? LARGEST_BACKOFF : 1 << (times - 1);
      return last.plus(Pace.ofSeconds(timeoutSeconds * backoff));
    }
  }

  /** When a job was put off, and until when. */
  private record Rest(Instant from, Instant until) {}

  private final int batchSize;
  private final Map<Long, Rest> resting = new HashMap<>();
  private final Map<Long, Sending> outstanding = new HashMap<>();
  private RangeSet answeredBatches = RangeSet.EMPTY;
  private long afterSent;
  private long afterAnswered;

  JobSequence(int batchSize) {
    this.batchSize = batchSize;
  }

  void sent(long firstOrdinal, Instant at) {
    afterSent = Math.max(afterSent, firstOrdinal + batchSize);
    if (!answeredBatches.contains(firstOrdinal / batchSize)) {
      Sending before = outstanding.get(firstOrdinal);
      outstanding.put(firstOrdinal, before == null ? new Sending(at, 1) : before.again(at));
    }
  }

  void answered(long firstOrdinal) {
    afterAnswered = Math.max(afterAnswered, firstOrdinal + batchSize);
    answeredBatches = answeredBatches.plus(firstOrdinal / batchSize);
    outstanding.remove(firstOrdinal);
    resting.remove(firstOrdinal);
  }

  /** A job cannot be done before a time: its deadline, unless it was sent again since. */
  void putOff(long firstOrdinal, Instant at, Instant until) {
    Rest before = resting.get(firstOrdinal);
    if (!isAnswered(firstOrdinal) && (before == null || before.from().isBefore(at))) {
      resting.put(firstOrdinal, new Rest(at, until));
    }
  }

  private Instant deadline(long firstOrdinal, Sending sending, double timeoutSeconds) {
    Rest rest = resting.get(firstOrdinal);
    return rest == null || rest.from().isBefore(sending.last())
        ? sending.deadline(timeoutSeconds)
        : rest.until();
  }

  /**
   * The first ordinal never sent. What was sent decides, as nobody else writes it; the answers do
   * where the log no longer holds what was sent.
   */
  long next() {
    return afterSent > 0 ? afterSent : afterAnswered;
  }

  boolean isAnswered(long firstOrdinal) {
    return answeredBatches.contains(firstOrdinal / batchSize);
  }

  /** Whether it was sent or answered. */
  boolean isKnown(long firstOrdinal) {
    return outstanding.containsKey(firstOrdinal) || isAnswered(firstOrdinal);
  }

  /** Whether it was sent and not answered in time. */
  boolean isOverdue(long firstOrdinal, Instant now, double timeoutSeconds) {
    Sending sending = outstanding.get(firstOrdinal);
    return sending != null && deadline(firstOrdinal, sending, timeoutSeconds).isBefore(now);
  }

  int inFlight() {
    return outstanding.size();
  }

  /** The job below {@code end} that has been overdue for longest. */
  Optional<Long> overdue(Instant now, double timeoutSeconds, long end) {
    Long longest = null;
    Instant earliest = now;
    for (Map.Entry<Long, Sending> job : outstanding.entrySet()) {
      Instant deadline = deadline(job.getKey(), job.getValue(), timeoutSeconds);
      boolean first =
          deadline.isBefore(earliest)
              || (deadline.equals(earliest) && (longest == null || job.getKey() < longest));
      if (job.getKey() < end && first) {
        longest = job.getKey();
        earliest = deadline;
      }
    }
    return Optional.ofNullable(longest);
  }
}
