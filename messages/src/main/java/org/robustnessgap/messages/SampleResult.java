package org.robustnessgap.messages;

import java.util.Map;

/**
 * What was measured at one latent vector z for one classifier.
 *
 * @param ordinal the sample's number in its campaign, from 0
 * @param label f(g(z)), the classifier's own label, from 0; −1 if it has none because its logits
 *     are not finite
 * @param latentNorm ‖z‖₂
 * @param imageNorm ‖g(z)‖₂
 * @param spaces the outcome in each space of the attack plan
 */
public record SampleResult(
    long ordinal, int label, double latentNorm, double imageNorm, Map<Space, Outcome> spaces) {
  public SampleResult {
    Checks.atLeast(ordinal, 0, "ordinal");
    Checks.atLeast(label, -1, "label");
    Checks.notNegative(latentNorm, "latent norm");
    Checks.notNegative(imageNorm, "image norm");
    spaces = Checks.bySpace(spaces, "outcomes of sample " + ordinal);
    Checks.check(!spaces.isEmpty(), "sample %d has no outcome", ordinal);
  }
}
