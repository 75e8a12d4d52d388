package org.robustnessgap.fit;

import java.util.List;
import java.util.function.Consumer;

/** Images that are gone over several times and need not be held in memory. */
@FunctionalInterface
public interface ImageSet {
  /**
   * Goes over all images, each time the same in the same order.
   *
   * @param use gets the values of one image, which it must neither change nor keep; all images have
   *     as many
   */
  void forEach(Consumer<float[]> use);

  /** Images that are in memory. */
  static ImageSet of(List<float[]> images) {
    return images::forEach;
  }
}
