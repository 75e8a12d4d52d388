package org.robustnessgap.campaign.fold;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.robustnessgap.messages.JobResult;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.Space;

/**
 * How many samples took which path, and what they cost. Integers only, so that sums do not depend
 * on their order.
 *
 * @param generated samples sent to the workers; = measured + failed + in flight
 * @param measured samples answered
 * @param failed samples given up
 * @param attackMicros wall time the workers spent, in microseconds
 * @param gradients vector–Jacobian products spent
 * @param forwards evaluations without a gradient spent
 * @param outcomes of the measured samples, by space, whatever their provenance
 */
public record Counts(
    long generated,
    long measured,
    long failed,
    long attackMicros,
    long gradients,
    long forwards,
    Map<Space, Outcomes> outcomes) {
  // Far longer than any job runs; a nonsensical duration must not make sums overflow.
  private static final double LONGEST_JOB_SECONDS = 1e6;

  static final Counts ZERO = new Counts(0, 0, 0, 0, 0, 0, Map.of());

  /**
   * @param found samples with a distance
   * @param notFound samples whose label no perturbation changed
   * @param failed samples without a usable answer
   */
  public record Outcomes(long found, long notFound, long failed) {
    static final Outcomes NONE = new Outcomes(0, 0, 0);

    /** Both, space by space. */
    static Map<Space, Outcomes> sum(Map<Space, Outcomes> some, Map<Space, Outcomes> more) {
      EnumMap<Space, Outcomes> sum = new EnumMap<>(Space.class);
      sum.putAll(some);
      more.forEach((space, counted) -> sum.merge(space, counted, Outcomes::plus));
      return sum;
    }

    private Outcomes plus(Outcomes other) {
      return new Outcomes(found + other.found, notFound + other.notFound, failed + other.failed);
    }

    private static Outcomes of(Outcome outcome) {
      return new Outcomes(
          outcome.distanceIfKnown().isPresent() ? 1 : 0,
          outcome.unchanged() ? 1 : 0,
          outcome.failure().isPresent() ? 1 : 0);
    }

    /** What a result found, by space. */
    static Map<Space, Outcomes> of(JobResult result) {
      EnumMap<Space, Outcomes> outcomes = new EnumMap<>(Space.class);
      result
          .findings()
          .forEach(
              finding -> outcomes.merge(finding.space(), of(finding.outcome()), Outcomes::plus));
      return outcomes;
    }
  }

  public Counts {
    EnumMap<Space, Outcomes> copy = new EnumMap<>(Space.class);
    copy.putAll(outcomes);
    outcomes = Collections.unmodifiableMap(copy);
  }

  /** Samples sent and not yet answered. */
  public long inFlight() {
    return generated - measured - failed;
  }

  public Outcomes outcomes(Space space) {
    return outcomes.getOrDefault(space, Outcomes.NONE);
  }

  /** What a job in this state adds to the numbers of samples. */
  static Counts ofJob(JobTable.Entry job) {
    return new Counts(
        job.samples(),
        job.state() == JobTable.JobState.MEASURED ? job.samples() : 0,
        job.state() == JobTable.JobState.FAILED ? job.samples() : 0,
        0,
        0,
        0,
        Map.of());
  }

  /** Costs and outcomes of a result. */
  static Counts ofWork(JobResult result) {
    return new Counts(
        0,
        0,
        0,
        micros(result.seconds()),
        result.searches().mapToLong(Outcome::gradients).sum(),
        result.searches().mapToLong(Outcome::forwards).sum(),
        Outcomes.of(result));
  }

  private static long micros(double seconds) {
    return Math.round(Math.min(seconds, LONGEST_JOB_SECONDS) * 1e6);
  }

  Counts plus(Counts other) {
    return new Counts(
        generated + other.generated,
        measured + other.measured,
        failed + other.failed,
        attackMicros + other.attackMicros,
        gradients + other.gradients,
        forwards + other.forwards,
        Outcomes.sum(outcomes, other.outcomes));
  }

  /** These counts after a job changed its state. */
  Counts replacing(Counts before, Counts after) {
    Counts sum = plus(after);
    return new Counts(
        sum.generated - before.generated,
        sum.measured - before.measured,
        sum.failed - before.failed,
        sum.attackMicros,
        sum.gradients,
        sum.forwards,
        sum.outcomes);
  }
}
