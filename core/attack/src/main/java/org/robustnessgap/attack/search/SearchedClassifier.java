package org.robustnessgap.attack.search;

import org.robustnessgap.attack.map.DifferentiableMap;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.messages.Access;

/**
 * A classifier as a search asks it: about points, each of which perturbs a sample of the batch.
 * What it answers at a point may depend on that sample.
 */
public interface SearchedClassifier {
  /** K, the number of classes. */
  int classes();

  /**
   * @param points [n, width]
   * @param samples index in the batch of the sample that each point perturbs
   * @return what the search goes by, [n, K]
   */
  Rows logits(Rows points, int[] samples);

  /** What labels are taken from, for the same; [n, K]. */
  Rows answers(Rows points, int[] samples);

  /** Whether the answers are others than the logits. */
  boolean answersOtherwise();

  /** What may be learned of it; without gradients {@link #vjp} is refused. */
  default Access access() {
    return Access.GRADIENTS;
  }

  /**
   * The points that it looks at in place of these; the same where it takes every float.
   *
   * @param points [n, width]
   */
  default Rows seen(Rows points) {
    return points;
  }

  /**
   * Logits and vector–Jacobian products.
   *
   * @param cotangents [n, K]
   */
  DifferentiableMap.Product vjp(Rows points, Rows cotangents, int[] samples);

  /** One that answers alike whatever the sample. */
  static SearchedClassifier of(DifferentiableMap map) {
    return new SearchedClassifier() {
      @Override
      public int classes() {
        return map.outputSize();
      }

      @Override
      public Rows logits(Rows points, int[] samples) {
        return map.apply(points);
      }

      @Override
      public Rows answers(Rows points, int[] samples) {
        return map.answer(points);
      }

      @Override
      public boolean answersOtherwise() {
        return map.answersOtherwise();
      }

      @Override
      public Rows seen(Rows points) {
        return map.seen(points);
      }

      @Override
      public Access access() {
        return map.access();
      }

      @Override
      public DifferentiableMap.Product vjp(Rows points, Rows cotangents, int[] samples) {
        return map.vjp(points, cotangents);
      }
    };
  }
}
