package org.robustnessgap.fit.training;

import org.robustnessgap.messages.InvalidInputException;

/**
 * How long and how fast weights are searched.
 *
 * @param epochs how often each image is seen, at least 1
 * @param batch images a step, at least 1
 * @param rate the learning rate at its highest, positive
 * @param warmUp steps until it is reached, at least 0; from there it falls to 0 as a cosine does
 * @param seed of all draws
 */
public record TrainingPlan(int epochs, int batch, double rate, int warmUp, long seed) {
  public TrainingPlan {
    if (epochs < 1 || batch < 1 || warmUp < 0) {
      throw new InvalidInputException(
          String.format(
              "%d epochs in batches of %d images train nothing; give 1 at least of both.",
              epochs, batch));
    }
    if (!(rate > 0 && Double.isFinite(rate))) {
      throw new InvalidInputException("The learning rate " + rate + " must be a positive number.");
    }
  }

  /** Steps of one epoch: images that fill no batch wait for the next. */
  int stepsOfEpoch(int images) {
    return Math.max(1, images / batch);
  }

  /** All steps. */
  public long steps(int images) {
    return (long) epochs * stepsOfEpoch(images);
  }

  /** The share of the rate at a step, counted from 0. */
  double share(long step, long steps) {
    double rise = warmUp == 0 ? 1 : Math.min(1, (step + 1.0) / warmUp);
    return rise * (1 + Math.cos(Math.PI * step / steps)) / 2;
  }
}
