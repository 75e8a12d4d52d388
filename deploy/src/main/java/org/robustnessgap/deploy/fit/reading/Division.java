package org.robustnessgap.deploy.fit.reading;

import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.robustnessgap.fit.ImageSet;

/**
 * Images divided into those that a generator is fitted to and those that it is compared with: of
 * each k in a row, one. Which one is drawn, as images may come in turns: those of MNIST come from
 * two groups of writers alternately.
 *
 * @param all read in one order
 * @param every k; 0 for none to compare with
 * @param seed of the draws
 */
public record Division(ImageSet all, int every, long seed) {
  public ImageSet fitted() {
    return use -> each(use, unused -> {});
  }

  /** Goes over all images once. */
  public void each(Consumer<float[]> fitted, Consumer<float[]> heldOut) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] place = {0, 0};
    all.forEach(
        image -> {
          if (every > 0 && place[0] == 0) {
            place[1] = random.nextInt(every);
          }
          (every > 0 && place[0] == place[1] ? heldOut : fitted).accept(image);
          place[0] = every > 0 ? (place[0] + 1) % every : 0;
        });
  }
}
