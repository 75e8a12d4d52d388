package org.robustnessgap.fit;

import org.robustnessgap.spectrum.SubspaceIteration;
import org.robustnessgap.spectrum.SymmetricMatrix;

/** A matrix whose largest eigenvalues are the largest variances of images. */
interface Scatter extends SymmetricMatrix {
  /** The sum of all variances. */
  double trace();

  /**
   * The directions of these variances among the images.
   *
   * @param found of this matrix, with positive values
   * @return orthonormal, of as many values as an image, that of the i-th value at i
   */
  double[][] directions(SubspaceIteration found);
}
