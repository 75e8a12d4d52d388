package org.robustnessgap.attack;

import java.util.Map;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.Space;

/**
 * A sample's result and the perturbed points behind it.
 *
 * @param points for each space where a change of label was found, the perturbed latent vector z + r
 *     (latent, in-distribution) or the perturbed image (unconstrained)
 */
public record AttackedSample(SampleResult result, Map<Space, float[]> points) {
  public AttackedSample {
    points = Map.copyOf(points);
  }
}
