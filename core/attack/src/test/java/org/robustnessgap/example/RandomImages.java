package org.robustnessgap.example;

import java.util.SplittableRandom;

/** Images to try an example on. */
final class RandomImages {
  private RandomImages() {}

  /** Independent pixels, uniform in [0, 1]. */
  static float[][] uniform(int count, int size) {
    SplittableRandom random = new SplittableRandom(1);
    float[][] images = new float[count][size];
    for (float[] image : images) {
      for (int i = 0; i < size; i++) {
        image[i] = (float) random.nextDouble();
      }
    }
    return images;
  }
}
