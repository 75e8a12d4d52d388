package org.robustnessgap.messages;

import java.util.EnumSet;
import java.util.List;

/**
 * How minimal perturbations are searched.
 *
 * @param spaces which robustnesses to measure
 * @param algorithm what searches in the latent and in the unconstrained space
 */
public record AttackPlan(List<Space> spaces, Algorithm algorithm) {
  public AttackPlan {
    spaces = Checks.notEmpty(spaces, "list of spaces");
    Checks.check(
        EnumSet.copyOf(spaces).size() == spaces.size(), "a space is listed twice in %s", spaces);
    Checks.present(algorithm, "attack algorithm");
  }

  /** All spaces, by descent on the boundary. */
  public static AttackPlan standard() {
    return new AttackPlan(List.of(Space.values()), Algorithm.BoundaryDescent.standard());
  }
}
