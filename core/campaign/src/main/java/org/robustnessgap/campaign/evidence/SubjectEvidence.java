package org.robustnessgap.campaign.evidence;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.JobResult;
import org.robustnessgap.messages.Limits;

/** What the results about one subject say. Not thread-safe. */
interface SubjectEvidence {
  /**
   * Takes samples not seen before.
   *
   * @param result of the kind that this evidence is of
   * @return whether anything follows that did not before
   * @throws InvalidInputException if it contradicts earlier results
   */
  boolean add(JobResult result);

  /**
   * What follows for the subject; empty while nothing does, and for a kind that informs the limits
   * of others.
   *
   * @param displacements what is known of a generator by its name, or of any for null
   * @param quantiles the p of the quantile limits, each in (0, 1)
   */
  Optional<Limits> limits(
      Function<@Nullable String, DisplacementEvidence> displacements, List<Double> quantiles);
}
