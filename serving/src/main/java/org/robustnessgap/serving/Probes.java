package org.robustnessgap.serving;

import java.util.SplittableRandom;
import org.robustnessgap.attack.map.Rows;

/**
 * The images that every model is asked about to be recognised: always the same of the same shape.
 * Pixels are random; from image to image there is more black or more white, so that labels differ,
 * too.
 */
final class Probes {
  private static final long SEED = 8_191;

  /** Pixels are uniform numbers in [0, 1] to these powers. */
  private static final double[] POWERS = {1, 4, 0.25, 16, 0.0625, 2, 0.5, 8};

  /** How many different ones there are. */
  static final int MOST = POWERS.length;

  private Probes() {}

  /**
   * @param values of one image
   * @return [n, values]
   */
  static Rows of(int n, int values, double black, double white) {
    SplittableRandom random = new SplittableRandom(SEED);
    float[] pixels = new float[n * values];
    for (int i = 0; i < pixels.length; i++) {
      double level = Math.pow(random.nextDouble(), POWERS[i / values]);
      pixels[i] = (float) (black + (white - black) * level);
    }
    return new Rows(pixels, values);
  }
}
