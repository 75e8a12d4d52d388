package org.robustnessgap.attack.projection;

import java.util.Arrays;

/**
 * An image x brought back to a generator's latent vectors.
 *
 * @param z the latent vector, [d]
 * @param image g(z), [m]
 * @param error ‖g(z) − x‖₂
 * @param share the error divided by the distance of x from the mean of the generator's images; 0
 *     for no error, whatever that distance is
 */
public record InvertedImage(float[] z, float[] image, double error, double share) {
  @Override
  public boolean equals(Object other) {
    return other instanceof InvertedImage that
        && Arrays.equals(z, that.z)
        && Arrays.equals(image, that.image)
        && error == that.error
        && share == that.share;
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(z);
  }
}
