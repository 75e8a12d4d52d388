package org.robustnessgap.spectrum;

import org.apache.commons.math3.exception.MaxCountExceededException;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;

/**
 * Eigenvalues and eigenvectors of a symmetric positive semidefinite matrix.
 *
 * @param values from the largest on; those that are rounding may be negative
 * @param vectors orthonormal, in columns, in the order of the values
 */
public record Eigenpairs(double[] values, RealMatrix vectors) {
  /**
   * @param matrix symmetric, positive semidefinite but for rounding
   */
  public static Eigenpairs of(RealMatrix matrix) {
    try {
      EigenDecomposition found = new EigenDecomposition(matrix);
      return new Eigenpairs(found.getRealEigenvalues(), found.getV());
    } catch (MaxCountExceededException e) {
      // QL steps need not converge where many values are rounding; singular values then do.
      SingularValueDecomposition found = new SingularValueDecomposition(matrix);
      return new Eigenpairs(found.getSingularValues(), found.getU());
    }
  }
}
