package org.robustnessgap.fit.training;

import org.robustnessgap.messages.InvalidInputException;

/**
 * How long and how fast weights are searched.
 *
 * @param epochs how often all rows are seen, at least 1
 * @param rate the learning rate at its highest, positive
 * @param warmUp steps until it is reached, at least 0; all the while it falls to 0 as a cosine does
 */
public record TrainingPlan(int epochs, double rate, int warmUp) {
  public TrainingPlan {
    if (epochs < 1 || warmUp < 0) {
      throw new InvalidInputException(epochs + " epochs train nothing; give 1 at least.");
    }
    if (!(rate > 0 && Double.isFinite(rate))) {
      throw new InvalidInputException("The learning rate " + rate + " must be a positive number.");
    }
  }

  /** The share of the rate at a step, counted from 0. */
  double share(long step, long steps) {
    double rise = warmUp == 0 ? 1 : Math.min(1, (step + 1.0) / warmUp);
    return rise * (1 + StrictMath.cos(Math.PI * step / steps)) / 2;
  }
}
