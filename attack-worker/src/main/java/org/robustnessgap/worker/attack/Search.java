package org.robustnessgap.worker.attack;

import java.util.Optional;
import org.robustnessgap.messages.Outcome;

/** What a search in one space found for one sample. */
sealed interface Search {
  int gradients();

  int forwards();

  /**
   * A verified change of label.
   *
   * @param point the perturbed point, as float32
   * @param distance ‖point − start‖₂
   */
  record Found(float[] point, double distance, int label, int gradients, int forwards)
      implements Search {
    /** The same at another cost. */
    Found charged(int otherGradients, int otherForwards) {
      return new Found(point, distance, label, otherGradients, otherForwards);
    }
  }

  /** No change of label within the budget. */
  record NotFound(int gradients, int forwards) implements Search {}

  /** The classifier gave no usable answer. */
  record Failed(String reason, int gradients, int forwards) implements Search {}

  default Outcome outcome() {
    if (this instanceof Found found) {
      return new Outcome.Found(found.distance, found.label, found.gradients, found.forwards);
    }
    if (this instanceof Failed failed) {
      return new Outcome.Failed(failed.reason, failed.gradients, failed.forwards);
    }
    return new Outcome.NotFound(gradients(), forwards());
  }

  default Optional<Found> found() {
    return this instanceof Found found ? Optional.of(found) : Optional.empty();
  }
}
