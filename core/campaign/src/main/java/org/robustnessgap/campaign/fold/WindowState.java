package org.robustnessgap.campaign.fold;

import java.util.List;
import java.util.Optional;
import org.robustnessgap.messages.JobResult;
import org.robustnessgap.messages.Window;

/**
 * Everything folded so far about one window of one subject. Its size depends on the window's number
 * of jobs and on the spread of its distances, not on how long the campaign runs. Written as JSON it
 * takes about 26 bytes a job, so that Kafka's default limit on a message, 1 MiB, allows some 30 000
 * jobs in a window.
 *
 * @param jobs every job seen, by first ordinal
 * @param figures what was found, apart by the provenance of results
 * @param firstResult timestamp of the first result, epoch milliseconds; 0 before it
 * @param lastResult timestamp of the last result; 0 before it
 */
public record WindowState(
    Window window,
    JobTable jobs,
    Counts counts,
    List<Figure> figures,
    long firstResult,
    long lastResult) {
  public WindowState {
    figures = List.copyOf(figures);
  }

  static WindowState empty(Window window) {
    return new WindowState(window, JobTable.EMPTY, Counts.ZERO, List.of(), 0, 0);
  }

  /**
   * The figure of the latest version by the plan of most samples; empty before the first result.
   */
  public Optional<Figure> shown() {
    return Figure.shown(figures);
  }

  /** Whether every sample was measured or given up. */
  public boolean complete() {
    return counts.measured() + counts.failed() >= window.samples();
  }

  /**
   * Samples measured in a second, on average between the first result and the last; 0 before the
   * second result.
   */
  public double samplesPerSecond() {
    double seconds = (lastResult - firstResult) / 1000.0;
    long results = jobs.entries().stream().filter(JobTable.Entry::isAnswered).count();
    // The first result only starts the watch.
    return seconds > 0 ? counts.measured() * (results - 1.0) / results / seconds : 0;
  }

  WindowState sent(long ordinal, int samples) {
    return jobs.get(ordinal).isPresent()
        ? this
        : with(new JobTable.Entry(ordinal, samples, JobTable.JobState.IN_FLIGHT, 0));
  }

  /** Ignored if the job already has a result, or has already been given up. */
  WindowState givenUp(long ordinal, int samples) {
    JobTable.Entry known = jobs.get(ordinal).orElse(null);
    return known != null && known.state() != JobTable.JobState.IN_FLIGHT
        ? this
        : with(new JobTable.Entry(ordinal, samples, JobTable.JobState.FAILED, 0));
  }

  /**
   * Ignored if the job already has a result.
   *
   * @param empty a figure of the result's provenance, of no result
   */
  WindowState answered(JobResult result, Figure empty, long at) {
    long ordinal = result.jobId().firstOrdinal();
    if (jobs.get(ordinal).filter(JobTable.Entry::isAnswered).isPresent()) {
      return this;
    }
    WindowState counted =
        with(
            new JobTable.Entry(
                ordinal, result.sampleCount(), JobTable.JobState.MEASURED, Fingerprint.of(result)));
    Figure before = Figure.of(figures, result.provenance()).orElse(empty);
    return new WindowState(
        window,
        counted.jobs,
        counted.counts.plus(Counts.ofWork(result)),
        Figure.with(figures, before.plus(result)),
        firstResult == 0 ? at : Math.min(firstResult, at),
        Math.max(lastResult, at));
  }

  /**
   * Whether the job was answered before, by a result with other numbers that no other version of
   * what was measured explains.
   */
  boolean contradicts(JobResult result) {
    return jobs.get(result.jobId().firstOrdinal())
            .filter(JobTable.Entry::isAnswered)
            .filter(
                job ->
                    job.samples() != result.sampleCount()
                        || !Fingerprint.agree(job.fingerprint(), Fingerprint.of(result)))
            .isPresent()
        && figures.stream().noneMatch(figure -> figure.isOfOtherVersion(result.provenance()));
  }

  private WindowState with(JobTable.Entry job) {
    Counts before = jobs.get(job.ordinal()).map(Counts::ofJob).orElse(Counts.ZERO);
    return new WindowState(
        window,
        jobs.plus(job),
        counts.replacing(before, Counts.ofJob(job)),
        figures,
        firstResult,
        lastResult);
  }
}
