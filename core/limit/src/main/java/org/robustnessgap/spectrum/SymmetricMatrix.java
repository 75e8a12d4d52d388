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

  /**
   * C v of several, on all processors where they are long.
   *
   * @param vectors each of as many values as there are columns
   */
  default double[][] times(double[][] vectors) {
    double[][] products = new double[vectors.length][];
    SubspaceIteration.inParallel(vectors.length, size(), i -> products[i] = times(vectors[i]));
    return products;
  }
}
