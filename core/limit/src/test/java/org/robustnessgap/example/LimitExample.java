package org.robustnessgap.example;

import org.robustnessgap.limit.ClassMeasures;
import org.robustnessgap.limit.LatentLimit;
import org.robustnessgap.limit.LatentNorm;

/** What no classifier can exceed. */
final class LimitExample {
  private LimitExample() {}

  // tag::limit[]
  /**
   * At least a quarter of the data has a latent robustness of at most this, whatever the
   * classifier, divided by E‖z‖; measures are how often it answers each class, d latent dimensions.
   */
  static double latentLimit(int d, double... measures) {
    LatentLimit limit = new LatentLimit(ClassMeasures.of(measures));
    return limit.quantile(0.25).orElse(Double.POSITIVE_INFINITY) / LatentNorm.mean(d);
  }
  // end::limit[]
}
