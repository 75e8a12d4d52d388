package org.robustnessgap.fit.flow;

import java.util.SplittableRandom;

/** Where draws of the wanted distribution come from. */
public interface Vectors {
  /** How many there are to draw of; 0 for none. */
  int count();

  /** d. */
  int dimension();

  /**
   * Draws the vector of one of them.
   *
   * @param index from 0
   * @param random of what else is drawn
   * @param into gets d values
   */
  void draw(int index, SplittableRandom random, float[] into);
}
