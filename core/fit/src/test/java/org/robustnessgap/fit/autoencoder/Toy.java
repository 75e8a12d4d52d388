package org.robustnessgap.fit.autoencoder;

import java.util.List;
import java.util.SplittableRandom;
import org.robustnessgap.fit.network.DenseNetwork;
import org.robustnessgap.fit.training.StoredImages;
import org.robustnessgap.messages.PixelRange;

/** Images that are Gaussian on a plane, and networks small enough for tests. */
final class Toy {
  static final int VALUES = 3 * 8 * 8;
  static final int LATENT = 2;
  static final PixelRange RANGE = new PixelRange(-1, 1);

  private Toy() {}

  static Autoencoder autoencoder() {
    return new Autoencoder(
        new DenseNetwork("encoder", List.of(VALUES, 24, 2 * LATENT)),
        new DenseNetwork("decoder", List.of(LATENT, 24, VALUES)),
        RANGE);
  }

  /** Standard deviations of 0.2 along two directions, and 0.02 along all. */
  static float[][] gaussian(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[][] images = new float[count][VALUES];
    for (float[] image : images) {
      double a = 0.2 * random.nextGaussian();
      double b = 0.2 * random.nextGaussian();
      for (int k = 0; k < VALUES; k++) {
        double plane = a * Math.cos(k) + b * Math.sin(k);
        image[k] = (float) (0.1 + plane + 0.02 * random.nextGaussian());
      }
    }
    return images;
  }

  static StoredImages stored(float[][] images) {
    StoredImages stored = new StoredImages(VALUES, RANGE);
    for (float[] image : images) {
      stored.add(image);
    }
    return stored;
  }
}
