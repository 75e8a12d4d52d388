package org.robustnessgap.worker.attack;

/**
 * Coordinates around each sample of a batch in which a space's distance is the ℓ2 norm, at least
 * near the sample.
 */
interface Metric {
  /** The ℓ2 norm of the search space itself. */
  Metric EUCLIDEAN =
      new Metric() {
        @Override
        public float[] displacement(int sample, float[] coordinates) {
          return coordinates;
        }

        @Override
        public float[] gradient(int sample, float[] gradient) {
          return gradient;
        }
      };

  /**
   * @param sample index in the batch
   * @param coordinates of a point; 0 is the sample
   * @return the point less the sample, in the search space
   */
  float[] displacement(int sample, float[] coordinates);

  /**
   * @param gradient with respect to a point of the search space
   * @return the gradient with respect to the coordinates
   */
  float[] gradient(int sample, float[] gradient);
}
