package org.robustnessgap.campaign.fold;

import java.util.Optional;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;
import org.robustnessgap.messages.Gap;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.JobResult;
import org.robustnessgap.messages.Limits;
import org.robustnessgap.messages.Subject;
import org.robustnessgap.messages.Topic;

/**
 * All the aggregator knows. Immutable; what an event does not touch is shared with the state before
 * it, down to the same objects.
 *
 * <p>For every subject and window, generated = measured + failed + in flight after every event,
 * whatever the order in which jobs, results and failures arrive and however often each does: a
 * result or failure of a job not seen yet counts the job as generated, a result replaces a failure,
 * and everything else about a job that has its result is ignored.
 *
 * @param subjects what the jobs of the kinds of {@link Folds} are about
 * @param campaigns what went wrong, by campaign
 */
public record State(
    PSortedMap<Subject, SubjectState> subjects,
    PSortedMap<String, CampaignFailures> campaigns,
    Refusals refusals) {
  private static final State EMPTY = new State(TreePMap.empty(), TreePMap.empty(), Refusals.NONE);

  /** The state before the first event. */
  public static State empty() {
    return EMPTY;
  }

  /** The state after one more event; this very object if the event changes nothing. */
  public State apply(Event event) {
    return event.appliedTo(this);
  }

  /**
   * This state without the complete windows that a newer complete one has replaced. Their counts
   * stay in the totals, their figures go, and whatever still arrives about them changes nothing.
   */
  public State retire() {
    PSortedMap<Subject, SubjectState> kept = subjects;
    for (Subject subject : subjects.keySet()) {
      SubjectState before = subjects.get(subject);
      SubjectState after = before.retire();
      kept = after == before ? kept : kept.plus(subject, after);
    }
    return kept == subjects ? this : new State(kept, campaigns, refusals);
  }

  /** What is known of a subject; empty before the first event about it. */
  public Optional<SubjectState> of(Subject subject) {
    return Optional.ofNullable(subjects.get(subject));
  }

  /** The figures shown for a subject; empty before its first job. */
  public Optional<Gap> gap(Subject subject) {
    return of(subject).flatMap(state -> state.gap(subject));
  }

  State sent(Event.Sent event) {
    Subject subject = event.jobId().about();
    return known(subject).map(state -> with(subject, state, state.sent(event))).orElse(this);
  }

  State answered(JobResult result, long at) {
    Subject subject = result.jobId().about();
    return known(subject)
        .map(
            before -> {
              SubjectState after = before.answered(result, at);
              State next = with(subject, before, after);
              boolean folded = after.total().measured() > before.total().measured();
              return folded ? next.withUnusable(result, at) : next;
            })
        .orElse(this);
  }

  /** Says of the first sample without a usable answer why. */
  private State withUnusable(JobResult result, long at) {
    return result
        .findings()
        .filter(found -> found.outcome().failure().isPresent())
        .findFirst()
        .map(
            found ->
                withFailure(
                    result.jobId(),
                    "Sample "
                        + found.ordinal()
                        + ", "
                        + found.space()
                        + ": "
                        + found.outcome().failure().get(),
                    at))
        .orElse(this);
  }

  State givenUp(JobFailure.GivenUp givenUp, long at) {
    JobId jobId = givenUp.jobId();
    Subject subject = jobId.about();
    Optional<SubjectState> before = known(subject);
    if (before.isEmpty()) {
      CampaignFailures failures = failures(jobId.campaign());
      return with(
          jobId.campaign(),
          failures.withGivenUp(jobId, new Failure(jobId.toString(), givenUp.reason(), at)));
    }
    State next = with(subject, before.get(), before.get().givenUp(givenUp, at));
    return next == this ? this : next.withFailure(jobId, givenUp.reason(), at);
  }

  State putOff(JobFailure.PutOff putOff, long at) {
    return withFailure(putOff.jobId(), putOff.reason(), at);
  }

  State limitsChanged(Limits limits, long at) {
    Subject subject = limits.subject();
    return known(subject)
        .map(state -> with(subject, state, state.limitsChanged(limits, at)))
        .orElse(this);
  }

  State refused(Failure failure) {
    return with(refusals.with(failure));
  }

  State unreadable(Topic topic) {
    return with(refusals.unreadable(topic));
  }

  /** What is known of a subject, perhaps nothing; empty if no figures are made of its kind. */
  private Optional<SubjectState> known(Subject subject) {
    Optional<SubjectState> known = of(subject);
    return known.isPresent() ? known : Folds.of(subject.kind()).map(SubjectState::empty);
  }

  private CampaignFailures failures(String campaign) {
    return campaigns.getOrDefault(campaign, CampaignFailures.NONE);
  }

  private State withFailure(JobId jobId, String reason, long at) {
    return with(
        jobId.campaign(),
        failures(jobId.campaign()).with(new Failure(jobId.toString(), reason, at)));
  }

  private State with(Subject subject, SubjectState before, SubjectState after) {
    return after == before ? this : with(subject, after);
  }

  State with(Subject subject, SubjectState after) {
    return new State(subjects.plus(subject, after), campaigns, refusals);
  }

  State with(String campaign, CampaignFailures after) {
    return after == failures(campaign)
        ? this
        : new State(subjects, campaigns.plus(campaign, after), refusals);
  }

  State with(Refusals after) {
    return new State(subjects, campaigns, after);
  }
}
