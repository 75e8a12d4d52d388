package org.robustnessgap.deploy.fit.reading;

import java.util.function.Consumer;
import org.robustnessgap.fit.ImageSet;

/**
 * Images divided into those that a generator is fitted to and those that it is compared with: every
 * k-th.
 *
 * @param all read in one order
 * @param every k; 0 for none to compare with
 */
public record Division(ImageSet all, int every) {
  public ImageSet fitted() {
    return use -> each(use, unused -> {});
  }

  /** Goes over all images once. */
  public void each(Consumer<float[]> fitted, Consumer<float[]> heldOut) {
    long[] count = {0};
    all.forEach(
        image -> {
          count[0]++;
          (every > 0 && count[0] % every == 0 ? heldOut : fitted).accept(image);
        });
  }
}
