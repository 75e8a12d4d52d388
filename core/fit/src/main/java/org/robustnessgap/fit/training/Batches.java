package org.robustnessgap.fit.training;

/**
 * What a loss is computed of, batch after batch. Used by one thread at a time; a batch depends on
 * its place alone, never on those that were asked for before.
 */
public interface Batches {
  /** Steps of one epoch, at least 1. */
  int stepsOfEpoch();

  /**
   * The rows of one step.
   *
   * @param step from 0
   * @return [n, width] as the network's input has it, valid until the next call
   */
  float[] ofStep(long step);

  /** How many batches are not trained with; 0 for none. */
  int heldOut();

  /**
   * One of those.
   *
   * @param index from 0
   * @return likewise; the last may have fewer rows
   */
  float[] heldOut(int index);
}
