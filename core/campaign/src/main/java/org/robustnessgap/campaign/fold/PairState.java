package org.robustnessgap.campaign.fold;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.TransferLimits;
import org.robustnessgap.messages.TransferResult;

/**
 * Everything folded so far about two classifiers of one campaign. A transfer plan has finitely many
 * jobs, so there are no windows.
 *
 * @param jobs every job seen, by first ordinal
 * @param counts of samples; the outcomes are those of the perturbations that fool both
 * @param figures what was found, apart by the provenance of results
 * @param limits the latest; null before the first
 * @param divergentDuplicates results that contradict an earlier result of the same job
 * @param givenUpJobs jobs given up, including those answered after all
 * @param updated timestamp of the newest message that changed anything, epoch milliseconds
 */
public record PairState(
    JobTable jobs,
    Counts counts,
    List<PairFigure> figures,
    TransferLimits limits,
    long divergentDuplicates,
    long givenUpJobs,
    long updated) {
  static final PairState EMPTY =
      new PairState(JobTable.EMPTY, Counts.ZERO, List.of(), null, 0, 0, 0);

  public PairState {
    figures = List.copyOf(figures);
  }

  /**
   * As it was written: until results told their provenance, without figures but with the parts of
   * one.
   */
  @JsonCreator
  static PairState written(
      @JsonProperty("jobs") JobTable jobs,
      @JsonProperty("counts") Counts counts,
      @JsonProperty("figures") List<PairFigure> figures,
      @JsonProperty("limits") TransferLimits limits,
      @JsonProperty("divergent_duplicates") long divergentDuplicates,
      @JsonProperty("given_up_jobs") long givenUpJobs,
      @JsonProperty("updated") long updated,
      @JsonProperty("spaces") Map<Space, PairFigure.Shared> spaces) {
    List<PairFigure> found = figures;
    if (figures == null) {
      PairFigure unknown =
          new PairFigure(
              null,
              counts.measured(),
              spaces == null ? Map.of() : spaces,
              counts.outcomes(),
              new TreeSet<>());
      found = unknown.samples() == 0 ? List.of() : List.of(unknown);
    }
    return new PairState(jobs, counts, found, limits, divergentDuplicates, givenUpJobs, updated);
  }

  /** The figure of the provenance that most of the samples have; empty before the first result. */
  Optional<PairFigure> shown() {
    return ByProvenance.shown(figures);
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
        figures,
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
              figures,
              limits,
              divergentDuplicates + 1,
              givenUpJobs,
              Math.max(updated, at));
    }
    PairFigure before =
        ByProvenance.of(figures, result.provenance())
            .orElseGet(() -> PairFigure.of(result.provenance()));
    PairState counted =
        with(
            new JobTable.Entry(
                ordinal, result.samples().size(), JobTable.JobState.MEASURED, fingerprint),
            at);
    return new PairState(
        counted.jobs,
        counted.counts.plus(Counts.ofWork(result)),
        ByProvenance.with(figures, before.plus(result)),
        limits,
        divergentDuplicates,
        givenUpJobs,
        counted.updated);
  }

  PairState limits(TransferLimits newer, long at) {
    return new PairState(
        jobs, counts, figures, newer, divergentDuplicates, givenUpJobs, Math.max(updated, at));
  }

  private PairState with(JobTable.Entry job, long at) {
    Counts before = jobs.get(job.ordinal()).map(Counts::ofJob).orElse(Counts.ZERO);
    return new PairState(
        jobs.plus(job),
        counts.replacing(before, Counts.ofJob(job)),
        figures,
        limits,
        divergentDuplicates,
        givenUpJobs,
        Math.max(updated, at));
  }
}
