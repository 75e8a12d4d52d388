package org.robustnessgap.fit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Images that vary by other amounts in other directions. */
final class GaussianImages {
  private GaussianImages() {}

  /**
   * @param deviations along directions of which none is an axis
   */
  static List<float[]> of(int count, long seed, double... deviations) {
    SplittableRandom random = new SplittableRandom(seed);
    int size = deviations.length;
    List<float[]> images = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      double[] z = new double[size];
      Arrays.setAll(z, i -> deviations[i] * random.nextGaussian());
      // A reflection: orthogonal, and no axis is left alone.
      double along = Arrays.stream(z).sum() * 2 / size;
      float[] image = new float[size];
      for (int i = 0; i < size; i++) {
        image[i] = (float) (0.5 + i % 3 + z[i] - along);
      }
      images.add(image);
    }
    return images;
  }
}
