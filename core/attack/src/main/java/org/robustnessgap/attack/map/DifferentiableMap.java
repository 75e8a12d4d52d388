package org.robustnessgap.attack.map;

import org.robustnessgap.messages.Access;
import org.robustnessgap.messages.StableApi;

/** A smooth map from R^inputSize to R^outputSize, evaluated on many points at once: f, g or f∘g. */
@StableApi
public interface DifferentiableMap {
  int inputSize();

  int outputSize();

  /**
   * @param points [n, inputSize]
   * @return [n, outputSize]
   */
  Rows apply(Rows points);

  /**
   * What labels are taken from: for a classifier that does not answer by the scores that it is
   * searched by, its answer; else the same as {@link #apply}.
   *
   * @param points [n, inputSize]
   * @return [n, outputSize]
   */
  default Rows answer(Rows points) {
    return apply(points);
  }

  /** Whether {@link #answer} differs from {@link #apply}. */
  default boolean answersOtherwise() {
    return false;
  }

  /**
   * The points that are looked at in place of these, for instance pixels rounded to whole numbers;
   * the same where every float is.
   *
   * @param points [n, inputSize]
   */
  default Rows seen(Rows points) {
    return points;
  }

  /** What may be learned of the map. One that answers without gradients refuses {@link #vjp}. */
  default Access access() {
    return Access.GRADIENTS;
  }

  /**
   * Values and vector–Jacobian products.
   *
   * @param points [n, inputSize]
   * @param cotangents v, [n, outputSize]
   * @throws UnsupportedOperationException if {@link #access} is not gradients
   */
  Product vjp(Rows points, Rows cotangents);

  /**
   * @param values [n, outputSize]
   * @param gradients vᵀ J, [n, inputSize]
   */
  record Product(Rows values, Rows gradients) {}
}
