package org.robustnessgap.attack.query.search;

import java.util.List;

/**
 * An orthonormal basis of the search space along which a classifier is probed. Its vectors fall
 * into bands, within which slopes are taken to be about equally large.
 */
interface ProbeBasis {
  /** How many vectors there are: the width of the space. */
  int size();

  int bands();

  int band(int index);

  /** Waves of a vector over the longest axes, from 0 to 1; 0 where the space has none. */
  double frequency(int index);

  /** target += factor · vector. */
  void add(float[] target, int index, double factor);

  /** The sum of the vectors by these coefficients. */
  float[] combined(double[] coefficients);

  /** The scalar products with every vector. */
  double[] coefficients(float[] vector);

  /**
   * Cosines where the space has axes, else the coordinates.
   *
   * @param shape of a sample
   */
  static ProbeBasis of(List<Long> shape) {
    int[] axes = shape.stream().mapToInt(Math::toIntExact).filter(axis -> axis > 1).toArray();
    return axes.length > 1
        ? new CosineBasis(axes)
        : new CoordinateBasis(axes.length == 0 ? 1 : axes[0]);
  }
}
