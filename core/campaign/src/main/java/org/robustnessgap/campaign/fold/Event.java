package org.robustnessgap.campaign.fold;

import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.JobResult;
import org.robustnessgap.messages.Limits;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.messages.Window;

/** Something the aggregator reads. {@code at} is the record's timestamp in epoch milliseconds. */
public sealed interface Event {
  /** The state after it; the same one if it changes nothing. */
  State appliedTo(State state);

  /** What a failure is an event of. */
  static Event of(JobFailure failure, long at) {
    return failure.either(
        givenUp -> new GivenUp(givenUp, at),
        putOff -> new PutOff(putOff, at),
        refused -> new DeadLetter(refused, at));
  }

  /**
   * A job was sent to the workers.
   *
   * @param window null unless its kind is windowed
   * @param samples how many samples it holds
   */
  record Sent(JobId jobId, @Nullable Window window, int samples, long at) implements Event {
    public static Sent of(Job job, long at) {
      return new Sent(job.id(), job.window(), job.latents().count(), at);
    }

    @Override
    public State appliedTo(State state) {
      return state.sent(this);
    }
  }

  /** A job was answered. */
  record Answered(JobResult result, long at) implements Event {
    @Override
    public State appliedTo(State state) {
      return state.answered(result, at);
    }
  }

  /** A job was given up. */
  record GivenUp(JobFailure.GivenUp failure, long at) implements Event {
    @Override
    public State appliedTo(State state) {
      return state.givenUp(failure, at);
    }
  }

  /** A job waits for something outside, and is in flight still. */
  record PutOff(JobFailure.PutOff failure, long at) implements Event {
    @Override
    public State appliedTo(State state) {
      return state.putOff(failure, at);
    }
  }

  /** The limits of a subject are known, or better known than before. */
  record LimitsChanged(Limits limits, long at) implements Event {
    @Override
    public State appliedTo(State state) {
      return state.limitsChanged(limits, at);
    }
  }

  /** Somebody, perhaps the aggregator, refused a record of some topic. */
  record DeadLetter(JobFailure.Refused failure, long at) implements Event {
    @Override
    public State appliedTo(State state) {
      return state.refused(new Failure(failure.key(), failure.reason(), at));
    }
  }

  /** The aggregator could not read a record of this topic. */
  record Unreadable(Topic topic) implements Event {
    @Override
    public State appliedTo(State state) {
      return state.unreadable(topic);
    }
  }
}
