package org.robustnessgap.attack.descent;

import java.util.Collections;
import java.util.List;
import org.robustnessgap.messages.Effort;

/**
 * What boundary descent may spend on a sample.
 *
 * @param rivals classes whose boundary is linearised at the sample: those with the largest logits
 * @param spread rivals whose linearised boundary is farther than the nearest by more than this
 *     factor are left alone
 * @param doubt rivals that would be reached beyond the shortest crossing by more than this factor,
 *     by the secant, are left alone too
 * @param approach shares of the way left to the linearised boundary, each followed by a new
 *     linearisation; then the whole way
 * @param contenders how many descents of a sample go on after each step; one after the last
 * @param firstRay points tried between the sample and its first crossing at most
 * @param steps of a descent on the boundary at most
 * @param precision relative gain that is worth a step
 * @param leastStep a step is damped no further than to this share of its length
 * @param walks around the sample, for other parts of the boundary
 * @param scatters rounds of random points nearer to the sample, for the same
 */
public record Schedule(
    int rivals,
    double spread,
    double doubt,
    List<Double> approach,
    List<Integer> contenders,
    int firstRay,
    int steps,
    double precision,
    double leastStep,
    int walks,
    int scatters) {
  private static final double NARROWED_SPREAD = 2;
  private static final double NARROWED_DOUBT = 1.3;
  private static final List<Double> NARROWED_APPROACH = List.of(0.4, 0.5);
  private static final int NARROWED_STEPS = 20;
  private static final int NARROWED_CONTENDERS = 3;
  private static final double NARROWED_PRECISION = 1e-4;
  private static final double NARROWED_LEAST_STEP = 0.02;

  private static final Schedule FAST =
      new Schedule(4, 1.7, 1.2, List.of(0.5), List.of(2), 1, 2, 2e-3, 0.1, 0, 0);

  static final Schedule STANDARD =
      new Schedule(9, 3, 1.5, List.of(), List.of(6, 4, 3, 2), 1, 20, 1e-3, 0.1, 0, 0);

  /** Where the standard goes the whole way this approaches, and so may end elsewhere. */
  private static final Schedule APPROACHING =
      new Schedule(9, 2, 1.3, List.of(0.5), List.of(4, 3, 2), 1, 20, 1e-3, 0.1, 0, 0);

  private static final Schedule WIDE =
      new Schedule(
          9, 10, 3, List.of(), List.of(9, 9, 9, 6, 6, 4, 4, 2, 2), 3, 40, 1e-4, 0.02, 3, 2);

  /** One after the other; the shortest of all counts, so thorough is never longer than standard. */
  public static List<Schedule> of(Effort effort) {
    return switch (effort) {
      case FAST -> List.of(FAST);
      case STANDARD -> List.of(STANDARD);
      case THOROUGH -> List.of(STANDARD, APPROACHING, WIDE);
    };
  }

  /**
   * The same for a further metric, in which a descent costs more because every length takes an
   * evaluation of the generator: fewer classes race. Where the generator curves, the whole way to
   * the linearised boundary leads astray: descents approach it, and their steps may become shorter
   * before they lead anywhere.
   */
  Schedule narrowed() {
    return new Schedule(
        rivals,
        Math.min(spread, NARROWED_SPREAD),
        Math.min(doubt, NARROWED_DOUBT),
        NARROWED_APPROACH,
        Collections.nCopies(NARROWED_STEPS, NARROWED_CONTENDERS),
        firstRay,
        Math.min(steps, NARROWED_STEPS),
        Math.min(precision, NARROWED_PRECISION),
        Math.min(leastStep, NARROWED_LEAST_STEP),
        walks,
        scatters);
  }

  /** How many descents of a sample go on after this step, counted from 0. */
  int contendersAfter(int step) {
    return step < contenders.size() ? contenders.get(step) : 1;
  }
}
