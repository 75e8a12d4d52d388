package org.robustnessgap.messages;

import java.util.EnumSet;
import java.util.List;

/**
 * How minimal perturbations are searched.
 *
 * @param spaces which robustnesses to measure
 * @param maxSteps steps of DeepFool before a sample counts as not found
 * @param overshoot η of DeepFool: how far past the linearised boundary a step goes, relative to its
 *     length
 * @param bisections halvings of the segment between the sample and the perturbed sample afterwards
 */
public record AttackPlan(List<Space> spaces, int maxSteps, double overshoot, int bisections) {
  public AttackPlan {
    spaces = Checks.notEmpty(spaces, "list of spaces");
    Checks.check(
        EnumSet.copyOf(spaces).size() == spaces.size(), "a space is listed twice in %s", spaces);
    Checks.atLeast(maxSteps, 1, "attack steps");
    Checks.notNegative(overshoot, "overshoot");
    Checks.atLeast(bisections, 0, "bisections");
  }

  /** DeepFool's published constants (50 steps, overshoot 0.02), all spaces, ten bisections. */
  public static AttackPlan standard() {
    return new AttackPlan(List.of(Space.values()), 50, 0.02, 10);
  }
}
