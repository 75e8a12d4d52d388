package org.robustnessgap.campaign.fold;

import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.TheoreticalLimits;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.messages.TransferLimits;
import org.robustnessgap.messages.TransferResult;
import org.robustnessgap.messages.Window;

/** Something the aggregator reads. {@code at} is the record's timestamp in epoch milliseconds. */
public sealed interface Event {

  /**
   * An attack job was sent to the workers.
   *
   * @param samples how many samples it holds
   */
  record Generated(JobId jobId, Window window, int samples, long at) implements Event {
    public static Generated of(Job.Attack job, long at) {
      return new Generated(job.id(), job.window(), job.latents().count(), at);
    }
  }

  /** An attack job was answered. */
  record Measured(AttackResult result, long at) implements Event {}

  /**
   * A transfer job was sent to the workers.
   *
   * @param samples how many samples it holds
   */
  record TransferGenerated(JobId jobId, int samples, long at) implements Event {
    public static TransferGenerated of(Job.Transfer job, long at) {
      return new TransferGenerated(job.id(), job.latents().count(), at);
    }
  }

  /** A transfer job was answered. */
  record TransferMeasured(TransferResult result, long at) implements Event {}

  /** The limits of a pair of classifiers are known, or better known than before. */
  record TransferLimitsChanged(TransferLimits limits, long at) implements Event {}

  /** A job of any kind was given up. */
  record GivenUp(JobFailure.GivenUp failure, long at) implements Event {}

  /** The limits of a classifier are known, or better known than before. */
  record LimitsChanged(TheoreticalLimits limits, long at) implements Event {}

  /** Somebody, perhaps the aggregator, refused a record of some topic. */
  record DeadLetter(JobFailure.Refused failure, long at) implements Event {}

  /** The aggregator could not read a record of this topic. */
  record Unreadable(Topic topic) implements Event {}
}
