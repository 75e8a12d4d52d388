package org.robustnessgap.example;

import java.nio.file.Path;
import org.robustnessgap.certificate.LowerBounds;

/** A certificate of robustness. */
final class LowerBoundExample {
  private LowerBoundExample() {}

  // tag::certify[]
  /** No perturbation shorter than this, by ℓ2, changes the classifier's label of the image. */
  static double certified(Path file, float[] image) {
    try (LowerBounds bounds = LowerBounds.open(file)) {
      return bounds.of(new float[][] {image}).get(0).certified();
    }
  }
  // end::certify[]
}
