package org.robustnessgap.attack.query.search;

/** The coordinates, in a single band. */
record CoordinateBasis(int size) implements ProbeBasis {
  @Override
  public int bands() {
    return 1;
  }

  @Override
  public int band(int index) {
    return 0;
  }

  @Override
  public double frequency(int index) {
    return 0;
  }

  @Override
  public void add(float[] target, int index, double factor) {
    target[index] += (float) factor;
  }

  @Override
  public float[] combined(double[] coefficients) {
    float[] sum = new float[size];
    for (int i = 0; i < size; i++) {
      sum[i] = (float) coefficients[i];
    }
    return sum;
  }

  @Override
  public double[] coefficients(float[] vector) {
    double[] coefficients = new double[size];
    for (int i = 0; i < size; i++) {
      coefficients[i] = vector[i];
    }
    return coefficients;
  }
}
