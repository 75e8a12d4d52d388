package org.robustnessgap.concentration;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.robustnessgap.messages.InvalidInputException;

/**
 * Images of d values in three parts without a common one.
 *
 * @param training what error sets are made of
 * @param validation what one of them is chosen by
 * @param test what the chosen one is measured on
 */
public record Split(float[][] training, float[][] validation, float[][] test) {
  /**
   * Half of the images, a quarter and a quarter, drawn at random.
   *
   * @param images independent draws of the data, d values each
   * @param seed determines the parts
   * @throws InvalidInputException if there are fewer than 4, they differ in size, or a value is not
   *     finite
   */
  public static Split of(float[][] images, long seed) {
    int n = images.length;
    if (n < 4) {
      throw new InvalidInputException(
          n + " images cannot be split; give at least 4, better thousands.");
    }
    for (int i = 0; i < n; i++) {
      requireSound(images[i], images[0].length, i);
    }
    float[][] shuffled = images.clone();
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = n - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      float[] moved = shuffled[i];
      shuffled[i] = shuffled[j];
      shuffled[j] = moved;
    }
    int half = n / 2;
    int threeQuarters = half + n / 4;
    return new Split(
        Arrays.copyOfRange(shuffled, 0, half),
        Arrays.copyOfRange(shuffled, half, threeQuarters),
        Arrays.copyOfRange(shuffled, threeQuarters, n));
  }

  private static void requireSound(float[] image, int size, int index) {
    if (image.length != size) {
      throw new InvalidInputException(
          String.format(
              "Image %d has %d values and the first %d; give images of one size.",
              index, image.length, size));
    }
    for (float value : image) {
      if (!Float.isFinite(value)) {
        throw new InvalidInputException(
            String.format("Image %d holds %s, which has no distance.", index, value));
      }
    }
  }
}
