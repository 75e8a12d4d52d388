package org.robustnessgap.spectrum;

/** A symmetric positive semidefinite matrix C, known by its products. Thread-safe. */
public interface SymmetricMatrix {
  /** Rows, and columns. */
  int size();

  /**
   * C v.
   *
   * @param vector v, of as many values as there are columns
   */
  double[] times(double[] vector);
}
