package org.robustnessgap.campaign;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.robustnessgap.campaign.evidence.LimitEvidence;
import org.robustnessgap.campaign.fold.Event;
import org.robustnessgap.campaign.fold.State;
import org.robustnessgap.campaign.plan.JobQueue;
import org.robustnessgap.campaign.run.JobPutOffException;
import org.robustnessgap.campaign.run.JobRunner;
import org.robustnessgap.campaign.sampling.LatentSampler;
import org.robustnessgap.campaign.sampling.LatentSource;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.Gap;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.JobResult;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.Subject;
import org.robustnessgap.messages.TheoreticalLimits.SpaceLimit;

/**
 * A bounded campaign in one process: the four steps of the services (plan, run, evidence, fold) as
 * a loop, job after job, without topics. Its figures are those that the services publish. Used
 * once, by one thread.
 */
public final class LocalCampaign {
  /** Is told of every job once, as it ends. */
  public interface Listener {
    default void answered(JobResult result) {}

    default void givenUp(JobFailure.GivenUp failure) {}

    /**
     * A job could not be done now. Waits as long as it wants to; by itself not at all.
     *
     * @return whether to try it again; else it is given up
     */
    default boolean putOff(JobFailure.PutOff failure) {
      return failure.seconds() == 0;
    }
  }

  /** Nothing here asks when something happened. */
  private static final long NO_TIME = 0;

  private final Campaign campaign;
  private final JobRunner runner;
  private final Listener listener;
  private final JobQueue jobs;
  private final LimitEvidence evidence = new LimitEvidence();
  private State state = State.empty();

  /**
   * On latent vectors drawn as the campaign says.
   *
   * @param runner stays its owner's to close
   * @throws InvalidInputException if the campaign never ends
   */
  public LocalCampaign(Campaign campaign, JobRunner runner, Listener listener) {
    this(
        campaign,
        new LatentSampler(campaign.sampling().seed(), campaign.source().latentDimension()),
        runner,
        listener);
  }

  /**
   * @param examined the latent vectors that classifiers are judged on; those on which the
   *     generator's smoothness is examined are drawn as the campaign says
   * @param runner stays its owner's to close
   * @throws InvalidInputException if the campaign never ends
   */
  public LocalCampaign(
      Campaign campaign, LatentSource examined, JobRunner runner, Listener listener) {
    this.campaign = campaign;
    this.jobs = new JobQueue(campaign, examined);
    this.runner = runner;
    this.listener = listener;
  }

  /** How many samples all jobs hold together. */
  public long samples() {
    return jobs.samples();
  }

  /**
   * Answers every job. One that cannot be done costs only itself.
   *
   * @return the figures of whatever the campaign's jobs are about, kind by kind, in the campaign's
   *     order; of several windows, those of the newest complete one
   * @throws org.robustnessgap.attack.map.AttackCancelledException if the thread is interrupted
   */
  public List<Gap> run() {
    for (Optional<Job> job = jobs.poll(); job.isPresent(); job = jobs.poll()) {
      take(job.get());
    }
    return JobKind.ALL.stream()
        .flatMap(
            kind ->
                kind.subjects(campaign).stream()
                    .map(name -> new Subject(kind, campaign.id(), name)))
        .flatMap(subject -> gap(subject).stream())
        .toList();
  }

  /**
   * The limits of a classifier for data of another mix of labels, by space; empty before {@link
   * #run}.
   *
   * @param mix labels counted in the data, by class
   * @throws InvalidInputException if they are of another number of classes, or all 0
   */
  public Map<Space, SpaceLimit> limits(String classifier, List<Long> mix) {
    return evidence.limits(
        new Subject(JobKind.ATTACK, campaign.id(), classifier), campaign.quantiles(), mix);
  }

  private void take(Job job) {
    state = state.apply(Event.Sent.of(job, NO_TIME));
    try {
      JobResult result = answer(job);
      evidence.add(result);
      state = state.apply(new Event.Answered(result, NO_TIME)).retire();
      listener.answered(result);
    } catch (InvalidInputException e) {
      giveUp(job, String.valueOf(e.getMessage()));
    }
  }

  private JobResult answer(Job job) {
    while (true) {
      try {
        return runner.run(job);
      } catch (JobPutOffException e) {
        JobFailure.PutOff failure = e.failure(job, runner.worker());
        if (!listener.putOff(failure)) {
          throw new InvalidInputException(failure.reason(), e);
        }
      }
    }
  }

  private void giveUp(Job job, String reason) {
    JobFailure.GivenUp failure =
        new JobFailure.GivenUp(
            job.id(), job.window(), job.latents().count(), 1, runner.worker(), reason);
    state = state.apply(new Event.GivenUp(failure, NO_TIME)).retire();
    listener.givenUp(failure);
  }

  private Optional<Gap> gap(Subject subject) {
    evidence
        .limits(subject, campaign.quantiles())
        .ifPresent(limits -> state = state.apply(new Event.LimitsChanged(limits, NO_TIME)));
    return state.gap(subject);
  }
}
