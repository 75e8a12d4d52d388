package org.robustnessgap.attack;

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
   * @param distance the length of point − start in the space's metric
   * @param kktResidual as in {@link Metric#kktResidual}; NaN while it is unknown or where the
   *     gradient vanishes
   */
  record Found(
      float[] point, double distance, int label, double kktResidual, int gradients, int forwards)
      implements Search {
    /** The same with its residual known, which took a gradient. */
    Found optimal(double residual) {
      return new Found(point, distance, label, residual, gradients + 1, forwards);
    }

    /** The same point measured otherwise. */
    Found at(double otherDistance) {
      return new Found(point, otherDistance, label, kktResidual, gradients, forwards);
    }
  }

  /** The sample lies on the decision boundary. */
  record Tie(int gradients, int forwards) implements Search {}

  /** No change of label was found. */
  record NotFound(Outcome.NotFound.Reason reason, int gradients, int forwards) implements Search {}

  /** The classifier gave no usable answer. */
  record Failed(String reason, int gradients, int forwards) implements Search {}

  /** The same at another cost. */
  default Search charged(int otherGradients, int otherForwards) {
    if (this instanceof Found found) {
      return new Found(
          found.point,
          found.distance,
          found.label,
          found.kktResidual,
          otherGradients,
          otherForwards);
    }
    if (this instanceof Tie) {
      return new Tie(otherGradients, otherForwards);
    }
    if (this instanceof NotFound notFound) {
      return new NotFound(notFound.reason, otherGradients, otherForwards);
    }
    return new Failed(((Failed) this).reason, otherGradients, otherForwards);
  }

  default Outcome outcome() {
    if (this instanceof Found found) {
      Double residual = Double.isNaN(found.kktResidual) ? null : (Double) found.kktResidual;
      return new Outcome.Found(
          found.distance, found.label, residual, found.gradients, found.forwards);
    }
    if (this instanceof Tie tie) {
      return new Outcome.Tie(tie.gradients, tie.forwards);
    }
    if (this instanceof NotFound notFound) {
      return new Outcome.NotFound(notFound.reason, notFound.gradients, notFound.forwards);
    }
    Failed failed = (Failed) this;
    return new Outcome.Failed(failed.reason, failed.gradients, failed.forwards);
  }

  default Optional<Found> found() {
    return this instanceof Found found ? Optional.of(found) : Optional.empty();
  }
}
