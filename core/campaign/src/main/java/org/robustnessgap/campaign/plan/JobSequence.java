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

  private final int batchSize;
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
    return sending != null && sending.deadline(timeoutSeconds).isBefore(now);
  }

  int inFlight() {
    return outstanding.size();
  }

  /** The job below {@code end} that has been overdue for longest. */
  Optional<Long> overdue(Instant now, double timeoutSeconds, long end) {
    Long longest = null;
    Instant earliest = now;
    for (Map.Entry<Long, Sending> job : outstanding.entrySet()) {
      Instant deadline = job.getValue().deadline(timeoutSeconds);
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
