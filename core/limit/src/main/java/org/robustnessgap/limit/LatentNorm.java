package org.robustnessgap.limit;

import org.apache.commons.numbers.gamma.GammaRatio;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.StableApi;

/** The length of a standard normal vector, which normalises latent distances. */
@StableApi
public final class LatentNorm {
  private LatentNorm() {}

  /**
   * E‖z‖₂ = √2 Γ((d+1)/2) / Γ(d/2) for z ~ N(0, I_d).
   *
   * @param dimension d, at least 1
   * @throws InvalidInputException if the dimension is less than 1
   */
  public static double mean(int dimension) {
    if (dimension < 1) {
      throw new InvalidInputException(
          "The latent dimension is " + dimension + " but must be at least 1.");
    }
    return Math.sqrt(2) / GammaRatio.delta(dimension / 2.0, 0.5);
  }
}
