package org.robustnessgap.attack.metric;

import java.util.List;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.map.Vectors;

/**
 * How the length of a perturbation is measured around each sample of a batch, and which
 * perturbations are short. With the map that is searched and the samples, this makes a space.
 */
public interface Metric {
  /**
   * @param samples the sample that each row perturbs
   * @param perturbations [n, width] in the search space
   * @return their lengths
   */
  double[] lengths(int[] samples, Rows perturbations);

  /**
   * @return the gradient of half the squared length at each perturbation, [n, width]
   */
  Rows slopes(int[] samples, Rows perturbations);

  /**
   * The perturbation that looks shortest from a place among those beyond all planes. Exact for
   * norms; for other lengths by the quadratic model of half the squared length at the place.
   *
   * @param planes at least one; a metric that takes one only looks at the last
   * @param step 1 for the whole way, less for a part of it where the whole way went wrong
   */
  Nearest nearest(Place place, List<Plane> planes, double step);

  /**
   * The perturbations r with normal · r ≥ offset.
   *
   * @param normal towards the side where the label changes
   */
  record Plane(float[] normal, double offset) {
    /** Where the linearisation of a margin at a perturbation is not negative. */
    public static Plane tangent(float[] perturbation, double margin, float[] gradient) {
      return new Plane(gradient, Vectors.dot(gradient, perturbation) - margin);
    }

    /** By how much a perturbation lies beyond, in units of the margin. */
    public double excess(float[] perturbation) {
      return Vectors.dot(normal, perturbation) - offset;
    }
  }

  /**
   * How far a place on the boundary is from being locally nearest: 1 − cos of the angle between the
   * slope and the normal in the dual metric, 0 where the condition of Karush, Kuhn and Tucker
   * holds.
   */
  double kktResidual(Place place);

  /** The shortest step v with normal · v = 1, as far as the metric at the sample tells. */
  float[] steepest(int sample, float[] normal);

  /**
   * A perturbation by the shortest step from another with which normal · r grows by so much, as far
   * as the metric at the sample tells; where the space does not allow it, one that goes as far.
   */
  default float[] stepped(int sample, float[] from, float[] normal, double growth) {
    return allowed(sample, Vectors.sum(from, steepest(sample, normal), growth));
  }

  /** Whether {@link #nearest} looks at all planes, not at the last only. */
  default boolean takesSeveralPlanes() {
    return false;
  }

  /** The same perturbation, or the nearest one that the space allows. */
  default float[] allowed(int sample, float[] perturbation) {
    return perturbation;
  }

  /**
   * A perturbation of a sample.
   *
   * @param sample index in the batch
   * @param slope gradient of half the squared length
   * @param normal gradient of the margin by which the label changes
   * @param secants what the steps that led here taught, the oldest first
   */
  record Place(
      int sample,
      float[] perturbation,
      double length,
      float[] slope,
      float[] normal,
      List<Secant> secants) {
    /** A place that nothing was learned on the way to. */
    public Place(int sample, float[] perturbation, double length, float[] slope, float[] normal) {
      this(sample, perturbation, length, slope, normal, List.of());
    }

    /** The sample itself. */
    public static Place origin(int sample, float[] normal) {
      float[] zero = new float[normal.length];
      return new Place(sample, zero, 0, zero, normal);
    }
  }

  /**
   * How the gradient of a function changed over a step, in coordinates of the metric's choice.
   *
   * @param step with change · step &gt; 0
   */
  record Secant(double[] step, double[] change) {}

  /** The place with what the step from the one before teaches of how lengths and margin curve. */
  default Place reached(Place before, Place place) {
    return place;
  }

  /**
   * The nearest perturbation of a plane.
   *
   * @param length as the model sees it; infinite if the space has no such perturbation
   */
  record Nearest(float[] perturbation, double length) {}
}
