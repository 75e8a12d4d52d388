package org.robustnessgap.aggregator.fold;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.robustnessgap.aggregator.quantile.LogHistogram;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.PixelSpace;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.Suspicion;
import org.robustnessgap.messages.Window;

/**
 * Everything folded so far about one window of one classifier. Its size depends on the window's
 * number of jobs and on the spread of its distances, not on how long the campaign runs. Written as
 * JSON it takes about 26 bytes a job, so that Kafka's default limit on a message, 1 MiB, allows
 * some 30 000 jobs in a window.
 *
 * @param jobs every job seen, by first ordinal
 * @param distances what was found, by space
 * @param firstResult timestamp of the first result, epoch milliseconds; 0 before it
 * @param lastResult timestamp of the last result; 0 before it
 * @param suspicions what looked wrong about results, one sentence a kind: the first by alphabet, so
 *     that the order of results does not matter; absent in states of older versions
 * @param pixels what results say pixels are, the first by alphabet; null if none says
 */
public record WindowState(
    Window window,
    JobTable jobs,
    Counts counts,
    Map<Space, LogHistogram> distances,
    long firstResult,
    long lastResult,
    Map<Suspicion.Kind, Suspicion> suspicions,
    @JsonInclude(JsonInclude.Include.NON_NULL) PixelSpace pixels) {
  public WindowState {
    EnumMap<Space, LogHistogram> copy = new EnumMap<>(Space.class);
    copy.putAll(distances);
    distances = Collections.unmodifiableMap(copy);
    EnumMap<Suspicion.Kind, Suspicion> wrong = new EnumMap<>(Suspicion.Kind.class);
    wrong.putAll(suspicions == null ? Map.of() : suspicions);
    suspicions = Collections.unmodifiableMap(wrong);
  }

  static WindowState empty(Window window) {
    return new WindowState(window, JobTable.EMPTY, Counts.ZERO, Map.of(), 0, 0, Map.of(), null);
  }

  /** Whether every sample was measured or given up. */
  public boolean complete() {
    return counts.measured() + counts.failed() >= window.samples();
  }

  public LogHistogram distances(Space space) {
    return distances.getOrDefault(space, LogHistogram.empty());
  }

  /**
   * Samples measured in a second, on average between the first result and the last; 0 before the
   * second result.
   */
  public double samplesPerSecond() {
    double seconds = (lastResult - firstResult) / 1000.0;
    long results =
        jobs.entries().stream().filter(job -> job.state() == JobTable.JobState.MEASURED).count();
    // The first result only starts the watch.
    return seconds > 0 ? counts.measured() * (results - 1.0) / results / seconds : 0;
  }

  WindowState generated(long ordinal, int samples) {
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

  /** Ignored if the job already has a result. */
  WindowState measured(AttackResult result, long at) {
    long ordinal = result.jobId().firstOrdinal();
    if (hasResult(ordinal)) {
      return this;
    }
    WindowState counted =
        with(
            new JobTable.Entry(
                ordinal,
                result.samples().size(),
                JobTable.JobState.MEASURED,
                Fingerprint.of(result)));
    EnumMap<Space, LogHistogram> more = new EnumMap<>(Space.class);
    more.putAll(distances);
    for (SampleResult sample : result.samples()) {
      for (Map.Entry<Space, Outcome> entry : sample.spaces().entrySet()) {
        Space space = entry.getKey();
        entry
            .getValue()
            .distanceIfKnown()
            .ifPresent(
                distance ->
                    more.put(space, more.getOrDefault(space, LogHistogram.empty()).plus(distance)));
      }
    }
    EnumMap<Suspicion.Kind, Suspicion> wrong = new EnumMap<>(Suspicion.Kind.class);
    wrong.putAll(suspicions);
    result
        .suspicions()
        .forEach(
            suspicion ->
                wrong.merge(
                    suspicion.kind(),
                    suspicion,
                    (a, b) -> a.sentence().compareTo(b.sentence()) <= 0 ? a : b));
    return new WindowState(
        window,
        counted.jobs,
        counted.counts.plus(Counts.ofWork(result)),
        more,
        firstResult == 0 ? at : Math.min(firstResult, at),
        Math.max(lastResult, at),
        wrong,
        first(pixels, result.pixels()));
  }

  private static PixelSpace first(PixelSpace one, PixelSpace other) {
    return Stream.of(Optional.ofNullable(one), Optional.ofNullable(other))
        .flatMap(Optional::stream)
        .min(Comparator.comparing(PixelSpace::describe))
        .orElse(null);
  }

  boolean hasResult(long ordinal) {
    return jobs.get(ordinal).filter(job -> job.state() == JobTable.JobState.MEASURED).isPresent();
  }

  /** Whether the job was answered before, by a result with other numbers. */
  boolean contradicts(AttackResult result) {
    return jobs.get(result.jobId().firstOrdinal())
        .filter(job -> job.state() == JobTable.JobState.MEASURED)
        .filter(
            job ->
                job.samples() != result.samples().size()
                    || !Fingerprint.agree(job.fingerprint(), Fingerprint.of(result)))
        .isPresent();
  }

  private WindowState with(JobTable.Entry job) {
    Counts before = jobs.get(job.ordinal()).map(Counts::ofJob).orElse(Counts.ZERO);
    return new WindowState(
        window,
        jobs.plus(job),
        counts.replacing(before, Counts.ofJob(job)),
        distances,
        firstResult,
        lastResult,
        suspicions,
        pixels);
  }
}
