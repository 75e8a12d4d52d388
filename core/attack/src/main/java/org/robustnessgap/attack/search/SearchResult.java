package org.robustnessgap.attack.search;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.robustnessgap.attack.map.Vectors;
import org.robustnessgap.messages.InternalApi;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.StableApi;

/** What the search for one sample's smallest perturbation found, and what it cost. */
@StableApi
public sealed interface SearchResult {
  /** Vector–Jacobian products spent on the sample. */
  int gradients();

  /** Evaluations of the classifier without a gradient spent on the sample. */
  int forwards();

  /** The distance to the decision boundary, an upper estimate; empty where it is unknown. */
  OptionalDouble distanceIfKnown();

  /** The same at another cost. */
  SearchResult charged(int otherGradients, int otherForwards);

  /** Without the perturbed point, as messages carry it. */
  Outcome outcome();

  /** What was found; empty for every other result. */
  default Optional<Found> found() {
    return Optional.empty();
  }

  /**
   * A verified change of label.
   *
   * @param point the perturbed point, as float32; shared, not to be written to
   * @param distance the length of point − sample: an upper estimate of the smallest
   * @param label the class of the perturbed point, from 0
   * @param kktResidual how far it is from being locally nearest: 1 − cos of the angle between the
   *     perturbation and the gradient of the margin, 0 at a smooth minimum; NaN while it is unknown
   *     or where the gradient vanishes
   */
  record Found(
      float[] point, double distance, int label, double kktResidual, int gradients, int forwards)
      implements SearchResult {
    /**
     * What was added to the sample.
     *
     * @param sample as it was given to the search
     */
    public float[] perturbation(float[] sample) {
      return Vectors.sum(point, sample, -1);
    }

    /** The same with its residual known, which took a gradient. */
    Found optimal(double residual) {
      return new Found(point, distance, label, residual, gradients + 1, forwards);
    }

    /** The same point measured otherwise. */
    @InternalApi
    public Found at(double otherDistance) {
      return new Found(point, otherDistance, label, kktResidual, gradients, forwards);
    }

    @Override
    public OptionalDouble distanceIfKnown() {
      return OptionalDouble.of(distance);
    }

    @Override
    public Found charged(int otherGradients, int otherForwards) {
      return new Found(point, distance, label, kktResidual, otherGradients, otherForwards);
    }

    @Override
    public Outcome outcome() {
      Double residual = Double.isNaN(kktResidual) ? null : (Double) kktResidual;
      return new Outcome.Found(distance, label, residual, gradients, forwards);
    }

    @Override
    public Optional<Found> found() {
      return Optional.of(this);
    }

    /** Without the point. */
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "Found[distance=%s, label=%d, kktResidual=%s, gradients=%d, forwards=%d]",
          distance,
          label,
          kktResidual,
          gradients,
          forwards);
    }
  }

  /** The sample lies on the decision boundary: two classes share the largest logit. */
  record Tie(int gradients, int forwards) implements SearchResult {
    @Override
    public OptionalDouble distanceIfKnown() {
      return OptionalDouble.of(0);
    }

    @Override
    public Tie charged(int otherGradients, int otherForwards) {
      return new Tie(otherGradients, otherForwards);
    }

    @Override
    public Outcome outcome() {
      return new Outcome.Tie(gradients, forwards);
    }
  }

  /**
   * The classifier answers the unperturbed sample with another label than the true one, so nothing
   * needs to be changed: at distance 0, as evaluations of robust accuracy count it. Only where
   * labels are given.
   *
   * @param label the classifier's
   */
  record Misclassified(int label, int gradients, int forwards) implements SearchResult {
    @Override
    public OptionalDouble distanceIfKnown() {
      return OptionalDouble.of(0);
    }

    @Override
    public Misclassified charged(int otherGradients, int otherForwards) {
      return new Misclassified(label, otherGradients, otherForwards);
    }

    @Override
    public Outcome outcome() {
      return new Outcome.Found(0, label, null, gradients, forwards);
    }
  }

  /** No change of label was found: the distance is unknown. */
  record NotFound(Outcome.NotFound.Reason reason, int gradients, int forwards)
      implements SearchResult {
    @Override
    public OptionalDouble distanceIfKnown() {
      return OptionalDouble.empty();
    }

    @Override
    public NotFound charged(int otherGradients, int otherForwards) {
      return new NotFound(reason, otherGradients, otherForwards);
    }

    @Override
    public Outcome outcome() {
      return new Outcome.NotFound(reason, gradients, forwards);
    }
  }

  /** The classifier gave no usable answer, for instance a logit that is not finite. */
  record Failed(String reason, int gradients, int forwards) implements SearchResult {
    @Override
    public OptionalDouble distanceIfKnown() {
      return OptionalDouble.empty();
    }

    @Override
    public Failed charged(int otherGradients, int otherForwards) {
      return new Failed(reason, otherGradients, otherForwards);
    }

    @Override
    public Outcome outcome() {
      return new Outcome.Failed(reason, gradients, forwards);
    }
  }
}
