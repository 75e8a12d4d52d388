package org.robustnessgap.aggregator.fold;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.robustnessgap.aggregator.quantile.LogHistogram;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.TransferLimits;
import org.robustnessgap.messages.TransferResult;

/**
 * Everything folded so far about two classifiers of one campaign. A transfer plan has finitely many
 * jobs, so there are no windows.
 *
 * @param jobs every job seen, by first ordinal
 * @param counts of samples; the outcomes are those of the perturbations that fool both
 * @param spaces what was found, by space
 * @param limits the latest; null before the first
 * @param divergentDuplicates results that contradict an earlier result of the same job
 * @param givenUpJobs jobs given up, including those answered after all
 * @param updated timestamp of the newest message that changed anything, epoch milliseconds
 */
public record PairState(
    JobTable jobs,
    Counts counts,
    Map<Space, Shared> spaces,
    TransferLimits limits,
    long divergentDuplicates,
    long givenUpJobs,
    long updated) {
  static final PairState EMPTY =
      new PairState(JobTable.EMPTY, Counts.ZERO, Map.of(), null, 0, 0, 0);

  /**
   * @param both distances of the perturbations that fool both
   */
  public record Shared(LogHistogram both, Own first, Own second) {
    static final Shared NONE = new Shared(LogHistogram.empty(), Own.NONE, Own.NONE);

    Shared plus(TransferResult.Perturbations found) {
      return new Shared(
          withDistance(both, found.both()), first.plus(found.first()), second.plus(found.second()));
    }
  }

  /**
   * A classifier's own perturbations.
   *
   * @param notFound samples whose label none changed
   * @param tried those that were found
   * @param fooling how many of them change the other classifier's label too
   */
  public record Own(LogHistogram distances, long notFound, long tried, long fooling) {
    static final Own NONE = new Own(LogHistogram.empty(), 0, 0, 0);

    Own plus(TransferResult.Own own) {
      return new Own(
          withDistance(distances, own.outcome()),
          notFound + (own.outcome() instanceof Outcome.NotFound ? 1 : 0),
          tried + (own.foolsOther() == null ? 0 : 1),
          fooling + (Boolean.TRUE.equals(own.foolsOther()) ? 1 : 0));
    }
  }

  private static LogHistogram withDistance(LogHistogram distances, Outcome outcome) {
    return outcome.distanceIfKnown().isPresent()
        ? distances.plus(outcome.distanceIfKnown().getAsDouble())
        : distances;
  }

  public PairState {
    EnumMap<Space, Shared> copy = new EnumMap<>(Space.class);
    copy.putAll(spaces);
    spaces = Collections.unmodifiableMap(copy);
  }

  PairState generated(Event.TransferGenerated event) {
    long ordinal = event.jobId().firstOrdinal();
    return jobs.get(ordinal).isPresent()
        ? this
        : with(
            new JobTable.Entry(ordinal, event.samples(), JobTable.JobState.IN_FLIGHT, 0),
            event.at());
  }

  /** Ignored if the job already has a result, or has already been given up. */
  PairState givenUp(JobFailure.GivenUp failure, long at) {
    long ordinal = failure.jobId().firstOrdinal();
    JobTable.Entry known = jobs.get(ordinal).orElse(null);
    if (known != null && known.state() != JobTable.JobState.IN_FLIGHT) {
      return this;
    }
    PairState failed =
        with(new JobTable.Entry(ordinal, failure.samples(), JobTable.JobState.FAILED, 0), at);
    return new PairState(
        failed.jobs,
        failed.counts,
        spaces,
        limits,
        divergentDuplicates,
        givenUpJobs + 1,
        failed.updated);
  }

  /** Ignored if the job already has a result; counted if that one says otherwise. */
  PairState measured(TransferResult result, long at) {
    long ordinal = result.jobId().firstOrdinal();
    int fingerprint = Fingerprint.of(result);
    JobTable.Entry known = jobs.get(ordinal).orElse(null);
    if (known != null && known.state() == JobTable.JobState.MEASURED) {
      boolean agrees =
          known.samples() == result.samples().size()
              && Fingerprint.agree(known.fingerprint(), fingerprint);
      return agrees
          ? this
          : new PairState(
              jobs,
              counts,
              spaces,
              limits,
              divergentDuplicates + 1,
              givenUpJobs,
              Math.max(updated, at));
    }
    EnumMap<Space, Shared> more = new EnumMap<>(Space.class);
    more.putAll(spaces);
    for (TransferResult.Sample sample : result.samples()) {
      sample.spaces().forEach((space, found) -> more.put(space, shared(more, space).plus(found)));
    }
    PairState counted =
        with(
            new JobTable.Entry(
                ordinal, result.samples().size(), JobTable.JobState.MEASURED, fingerprint),
            at);
    return new PairState(
        counted.jobs,
        counted.counts.plus(Counts.ofWork(result)),
        more,
        limits,
        divergentDuplicates,
        givenUpJobs,
        counted.updated);
  }

  private static Shared shared(Map<Space, Shared> spaces, Space space) {
    return spaces.getOrDefault(space, Shared.NONE);
  }

  PairState limits(TransferLimits newer, long at) {
    return new PairState(
        jobs, counts, spaces, newer, divergentDuplicates, givenUpJobs, Math.max(updated, at));
  }

  private PairState with(JobTable.Entry job, long at) {
    Counts before = jobs.get(job.ordinal()).map(Counts::ofJob).orElse(Counts.ZERO);
    return new PairState(
        jobs.plus(job),
        counts.replacing(before, Counts.ofJob(job)),
        spaces,
        limits,
        divergentDuplicates,
        givenUpJobs,
        Math.max(updated, at));
  }
}
