package org.robustnessgap.campaign.fold;

import java.util.Optional;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.PairId;
import org.robustnessgap.messages.RobustnessGap;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.StreamId;
import org.robustnessgap.messages.TransferResult;

/**
 * All the aggregator knows. Immutable; what an event does not touch is shared with the state before
 * it, down to the same objects.
 *
 * <p>For every stream and window, and for every pair, generated = measured + failed + in flight
 * after every event, whatever the order in which jobs, results and failures arrive and however
 * often each does: a result or failure of a job not seen yet counts the job as generated, a result
 * replaces a failure, and everything else about a job that has its result is ignored.
 *
 * @param streams by campaign/classifier
 * @param pairs by campaign/first~second
 * @param campaigns what went wrong, by campaign
 */
public record State(
    PSortedMap<StreamId, StreamState> streams,
    PSortedMap<PairId, PairState> pairs,
    PSortedMap<String, CampaignFailures> campaigns,
    Refusals refusals) {
  private static final State EMPTY =
      new State(TreePMap.empty(), TreePMap.empty(), TreePMap.empty(), Refusals.NONE);

  /** The state before the first event. */
  public static State empty() {
    return EMPTY;
  }

  /** The state after one more event; this very object if the event changes nothing. */
  public State apply(Event event) {
    if (event instanceof Event.Generated generated) {
      StreamId stream = streamOf(generated.jobId());
      return with(stream, stream(stream).generated(generated));
    }
    if (event instanceof Event.Measured measured) {
      return measured(measured);
    }
    if (event instanceof Event.GivenUp givenUp) {
      return givenUp(givenUp.failure(), givenUp.at());
    }
    if (event instanceof Event.TransferGenerated generated) {
      PairId pair = generated.jobId().pair();
      return with(pair, pair(pair).generated(generated));
    }
    if (event instanceof Event.TransferMeasured measured) {
      return measured(measured);
    }
    if (event instanceof Event.TransferLimitsChanged changed) {
      PairId pair = changed.limits().pair();
      return with(pair, pair(pair).limits(changed.limits(), changed.at()));
    }
    if (event instanceof Event.LimitsChanged changed) {
      StreamId stream = changed.limits().stream();
      return with(stream, stream(stream).limits(changed.limits(), changed.at()));
    }
    if (event instanceof Event.DeadLetter letter) {
      JobFailure.Refused refused = letter.failure();
      return with(refusals.with(new Failure(refused.key(), refused.reason(), letter.at())));
    }
    if (event instanceof Event.Unreadable unreadable) {
      return with(refusals.unreadable(unreadable.topic()));
    }
    throw new AssertionError("no such event: " + event);
  }

  /**
   * This state without the complete windows that a newer complete one has replaced. Their counts
   * stay in the totals, their figures go, and whatever still arrives about them changes nothing.
   */
  public State retire() {
    PSortedMap<StreamId, StreamState> kept = streams;
    for (StreamId stream : streams.keySet()) {
      StreamState before = streams.get(stream);
      StreamState after = before.retire();
      kept = after == before ? kept : kept.plus(stream, after);
    }
    return kept == streams ? this : new State(kept, pairs, campaigns, refusals);
  }

  /** The figures shown for a stream; empty before its first attack job. */
  public Optional<RobustnessGap> gap(StreamId stream) {
    StreamState state = stream(stream);
    return state.shown().map(window -> Gaps.of(stream, window, state.limits()));
  }

  private State measured(Event.TransferMeasured event) {
    PairId pair = event.result().pair();
    State next = with(pair, pair(pair).measured(event.result(), event.at()));
    boolean folded = next.pair(pair).jobs() != pair(pair).jobs();
    return folded ? next.withUnusableSample(event.result(), event.at()) : next;
  }

  private State measured(Event.Measured event) {
    StreamId stream = event.result().stream();
    State next = with(stream, stream(stream).measured(event));
    boolean folded = next.stream(stream).windows() != stream(stream).windows();
    return folded ? next.withUnusableSample(event.result(), event.at()) : next;
  }

  private State withUnusableSample(AttackResult result, long at) {
    for (SampleResult sample : result.samples()) {
      for (Space space : sample.spaces().keySet()) {
        if (sample.spaces().get(space) instanceof Outcome.Failed failed) {
          return withUnusableSample(result.jobId(), sample.ordinal(), space, failed, at);
        }
      }
    }
    return this;
  }

  private State withUnusableSample(TransferResult result, long at) {
    for (TransferResult.Sample sample : result.samples()) {
      for (Space space : sample.spaces().keySet()) {
        if (sample.spaces().get(space).both() instanceof Outcome.Failed failed) {
          return withUnusableSample(result.jobId(), sample.ordinal(), space, failed, at);
        }
      }
    }
    return this;
  }

  private State withUnusableSample(
      JobId jobId, long ordinal, Space space, Outcome.Failed failed, long at) {
    String reason = "Sample " + ordinal + ", " + space + ": " + failed.reason();
    Failure failure = new Failure(jobId.toString(), reason, at);
    return with(jobId.campaign(), failures(jobId.campaign()).with(failure));
  }

  private State givenUp(JobFailure.GivenUp givenUp, long at) {
    JobId jobId = givenUp.jobId();
    Failure failure = new Failure(jobId.toString(), givenUp.reason(), at);
    CampaignFailures failures = failures(jobId.campaign());
    if (jobId.kind() == JobKind.SMOOTHNESS) {
      return with(jobId.campaign(), failures.withSmoothness(jobId, failure));
    }
    State next;
    if (jobId.kind() == JobKind.TRANSFER) {
      next = with(jobId.pair(), pair(jobId.pair()).givenUp(givenUp, at));
    } else {
      StreamId stream = streamOf(jobId);
      next = with(stream, stream(stream).givenUp(givenUp, at));
    }
    return next == this ? this : next.with(jobId.campaign(), failures.with(failure));
  }

  private static StreamId streamOf(JobId jobId) {
    return new StreamId(jobId.campaign(), jobId.subject());
  }

  private StreamState stream(StreamId stream) {
    return streams.getOrDefault(stream, StreamState.EMPTY);
  }

  private PairState pair(PairId pair) {
    return pairs.getOrDefault(pair, PairState.EMPTY);
  }

  private CampaignFailures failures(String campaign) {
    return campaigns.getOrDefault(campaign, CampaignFailures.NONE);
  }

  private State with(StreamId stream, StreamState after) {
    return after == stream(stream)
        ? this
        : new State(streams.plus(stream, after), pairs, campaigns, refusals);
  }

  private State with(PairId pair, PairState after) {
    return after == pair(pair)
        ? this
        : new State(streams, pairs.plus(pair, after), campaigns, refusals);
  }

  private State with(String campaign, CampaignFailures after) {
    return after == failures(campaign)
        ? this
        : new State(streams, pairs, campaigns.plus(campaign, after), refusals);
  }

  private State with(Refusals after) {
    return new State(streams, pairs, campaigns, after);
  }
}
