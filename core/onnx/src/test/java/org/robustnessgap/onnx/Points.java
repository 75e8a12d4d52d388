package org.robustnessgap.onnx;

import java.util.random.RandomGenerator;

/** Where a model is differentiated, and the step of the central differences there. */
enum Points {
  /** For maps of degree two at most, whose central differences are exact at any step. */
  QUADRATIC(0.5),
  /** For smooth maps. */
  SMOOTH(0.02),
  /** Distinct values, further apart and further from 0 than two steps: no kink is crossed. */
  GRID(0.125),
  /** The same values, for maps that are smooth between their kinks. */
  SMOOTH_GRID(0.02);

  private final double step;

  Points(double step) {
    this.step = step;
  }

  double step() {
    return step;
  }

  float[] draw(RandomGenerator random, int size) {
    return this == GRID || this == SMOOTH_GRID ? grid(random, size) : gaussian(random, size);
  }

  static float[] gaussian(RandomGenerator random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** ±0.25, ±0.75, … in random order. */
  private static float[] grid(RandomGenerator random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = 0.5f * (i - size / 2) + 0.25f;
    }
    for (int i = size - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      float kept = values[i];
      values[i] = values[other];
      values[other] = kept;
    }
    return values;
  }
}
