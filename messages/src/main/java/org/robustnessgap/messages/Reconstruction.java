package org.robustnessgap.messages;

import org.jspecify.annotations.Nullable;

/**
 * How near a generator comes to an image x of one's own: g(z), the nearest of its images that was
 * found.
 *
 * @param error ‖g(z) − x‖₂
 * @param share the error divided by the distance of x from the mean of the generator's images: 0
 *     where g(z) is x, 1 where the mean is as near
 * @param latentNorm ‖z‖₂
 * @param label of g(z) by the classifier, from 0; −1 if it has none
 * @param tooFar why z does not stand for x, so that nothing is measured at it; absent if it does
 */
public record Reconstruction(
    double error, double share, double latentNorm, int label, @OmitEmpty @Nullable TooFar tooFar) {
  /** What can be wrong with z; of several the first. */
  public enum TooFar {
    /** The share is above the limit. */
    ERROR("error"),
    /** The classifier gives g(z) another label than x. */
    LABEL("label");

    private final String label;

    TooFar(String label) {
      this.label = label;
    }

    /** The name in JSON. */
    @JsonForm
    public String label() {
      return label;
    }

    /**
     * @throws InvalidInputException if there is no such reason
     */
    @JsonForm
    public static TooFar ofLabel(String label) {
      for (TooFar reason : values()) {
        if (reason.label.equals(label)) {
          return reason;
        }
      }
      throw new InvalidInputException("No image is too far because of '" + label + "'.");
    }
  }

  public Reconstruction {
    Checks.notNegative(error, "reconstruction error");
    Checks.notNegative(share, "share of a reconstruction error");
    Checks.notNegative(latentNorm, "latent norm");
    Checks.atLeast(label, -1, "label of a reconstruction");
  }
}
