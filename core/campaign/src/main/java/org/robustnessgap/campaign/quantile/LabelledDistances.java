package org.robustnessgap.campaign.quantile;

import org.robustnessgap.messages.Outcome;

/**
 * How far the samples of one label are from another. Samples without a usable answer are not among
 * them. Immutable.
 *
 * @param distances those found
 * @param beyond how many more samples have a distance that is unknown but larger than all those
 */
public record LabelledDistances(LogHistogram distances, long beyond) {
  public static final LabelledDistances EMPTY = new LabelledDistances(LogHistogram.empty(), 0);

  /** With one more sample, if its answer is usable. */
  public LabelledDistances plus(Outcome outcome) {
    if (outcome.distanceIfKnown().isPresent()) {
      return new LabelledDistances(distances.plus(outcome.distanceIfKnown().getAsDouble()), beyond);
    }
    return outcome.unchanged() ? new LabelledDistances(distances, beyond + 1) : this;
  }

  /** How many samples. */
  public long samples() {
    return distances.count() + beyond;
  }
}
