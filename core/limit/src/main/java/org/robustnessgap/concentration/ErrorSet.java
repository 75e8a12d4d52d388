package org.robustnessgap.concentration;

/** A set of points that a classifier might get wrong, in images of d values. Immutable. */
public sealed interface ErrorSet permits HalfSpace, BallUnion, RectangleComplement {
  /**
   * Whether some point of the set is within the distance of x, in the norm that the set was made
   * for. A set whose neighbourhood is only enclosed may say so of more points, never of fewer;
   * ascending in the distance, and at 0 whether x belongs to it.
   *
   * @param x d values
   * @param distance at least 0
   */
  boolean reaches(float[] x, double distance);

  /** What it is, in a few words. */
  String description();
}
