package org.robustnessgap.attack;

import org.robustnessgap.messages.Algorithm;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.StableApi;

/**
 * The attacks of this project. Each comes with its standard options; its methods return it with
 * others:
 *
 * <pre>{@code
 * AttackReport report =
 *     Attacks.boundaryDescent().norm(Norm.LINF).pixelRange(0, 1).search(classifier, images);
 * }</pre>
 */
@StableApi
public final class Attacks {
  private Attacks() {}

  /** Descent on the decision boundary: by ℓ2, without bounds, at the standard effort. */
  public static BoundaryDescentAttack boundaryDescent() {
    return BoundaryDescentAttack.STANDARD;
  }

  /** DeepFool as published, for comparison. */
  public static DeepFoolAttack deepFool() {
    return new DeepFoolAttack(Algorithm.DeepFool.standard());
  }

  /** The fast gradient sign method with the smallest ε, for comparison. */
  public static FastGradientSignAttack fastGradientSign() {
    return new FastGradientSignAttack(Algorithm.FastGradientSign.standard(), Norm.L2);
  }

  /**
   * Without gradients, from scores or labels: by ℓ2, without bounds, with 1000 queries a sample.
   */
  public static QueryDescentAttack queryDescent() {
    return new QueryDescentAttack(Norm.L2, Algorithm.QueryDescent.standard(), null);
  }

  /** HopSkipJump as published, from labels, for comparison. */
  public static HopSkipJumpAttack hopSkipJump() {
    return new HopSkipJumpAttack(Algorithm.HopSkipJump.standard());
  }

  /** What a plan asks for. */
  static Attack of(AttackPlan plan) {
    if (plan.algorithm() instanceof Algorithm.BoundaryDescent descent) {
      BoundaryDescentAttack attack = boundaryDescent().norm(plan.norm()).effort(descent.effort());
      return plan.pixelRange() == null ? attack : attack.pixelRange(plan.pixelRange());
    }
    if (plan.algorithm() instanceof Algorithm.QueryDescent parameters) {
      return new QueryDescentAttack(plan.norm(), parameters, plan.pixelRange());
    }
    if (plan.algorithm() instanceof Algorithm.HopSkipJump parameters) {
      return new HopSkipJumpAttack(parameters);
    }
    return plan.algorithm() instanceof Algorithm.DeepFool parameters
        ? new DeepFoolAttack(parameters)
        : new FastGradientSignAttack((Algorithm.FastGradientSign) plan.algorithm(), plan.norm());
  }
}
