package org.robustnessgap.fit;

/** A symmetric positive semidefinite matrix, known by its products. Thread-safe. */
interface SymmetricMatrix {
  int size();

  double[] times(double[] vector);
}
