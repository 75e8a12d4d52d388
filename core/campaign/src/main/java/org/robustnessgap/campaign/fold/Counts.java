package org.robustnessgap.campaign.fold;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.TransferResult;

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
   * @param residuals samples with a KKT residual
   * @param residualNanos sum of the residuals, in units of 10⁻⁹
   */
  public record Outcomes(
      long found, long notFound, long failed, long residuals, long residualNanos) {
    static final Outcomes NONE = new Outcomes(0, 0, 0, 0, 0);

    /** Mean KKT residual of what was found; empty before the first. */
    public OptionalDouble meanKktResidual() {
      return residuals == 0
          ? OptionalDouble.empty()
          : OptionalDouble.of(residualNanos / 1e9 / residuals);
    }

    /** Both, space by space. */
    static Map<Space, Outcomes> sum(Map<Space, Outcomes> some, Map<Space, Outcomes> more) {
      EnumMap<Space, Outcomes> sum = new EnumMap<>(Space.class);
      sum.putAll(some);
      more.forEach((space, counted) -> sum.merge(space, counted, Outcomes::plus));
      return sum;
    }

    private Outcomes plus(Outcomes other) {
      return new Outcomes(
          found + other.found,
          notFound + other.notFound,
          failed + other.failed,
          residuals + other.residuals,
          residualNanos + other.residualNanos);
    }

    private static Outcomes of(Outcome outcome) {
      if (outcome instanceof Outcome.Found found && found.kktResidual() != null) {
        return new Outcomes(1, 0, 0, 1, Math.round(found.kktResidual() * 1e9));
      }
      if (outcome.distanceIfKnown().isPresent()) {
        return new Outcomes(1, 0, 0, 0, 0);
      }
      return outcome instanceof Outcome.NotFound
          ? new Outcomes(0, 1, 0, 0, 0)
          : new Outcomes(0, 0, 1, 0, 0);
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
  static Counts ofWork(AttackResult result) {
    long gradients = 0;
    long forwards = 0;
    EnumMap<Space, Outcomes> outcomes = new EnumMap<>(Space.class);
    for (SampleResult sample : result.samples()) {
      for (Map.Entry<Space, Outcome> entry : sample.spaces().entrySet()) {
        gradients += entry.getValue().gradients();
        forwards += entry.getValue().forwards();
        outcomes.merge(entry.getKey(), Outcomes.of(entry.getValue()), Outcomes::plus);
      }
    }
    return new Counts(0, 0, 0, micros(result.seconds()), gradients, forwards, outcomes);
  }

  /** Costs of a result, and outcomes of the perturbations that fool both classifiers. */
  static Counts ofWork(TransferResult result) {
    long gradients = 0;
    long forwards = 0;
    EnumMap<Space, Outcomes> outcomes = new EnumMap<>(Space.class);
    for (TransferResult.Sample sample : result.samples()) {
      for (Map.Entry<Space, TransferResult.Perturbations> entry : sample.spaces().entrySet()) {
        TransferResult.Perturbations found = entry.getValue();
        for (Outcome outcome :
            List.of(found.both(), found.first().outcome(), found.second().outcome())) {
          gradients += outcome.gradients();
          forwards += outcome.forwards();
        }
        outcomes.merge(entry.getKey(), Outcomes.of(found.both()), Outcomes::plus);
      }
    }
    return new Counts(0, 0, 0, micros(result.seconds()), gradients, forwards, outcomes);
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
