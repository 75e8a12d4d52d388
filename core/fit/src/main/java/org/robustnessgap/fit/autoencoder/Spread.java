package org.robustnessgap.fit.autoencoder;

import java.util.SplittableRandom;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.fit.training.Draws;
import org.robustnessgap.fit.training.StoredImages;
import org.robustnessgap.onnx.graph.OnnxModel;

/**
 * x ↦ c x + offset, which gives generated images the mean and the total variance of the fitted
 * ones. A decoder makes of a latent vector about the mean of the images that have it, so its images
 * vary less than those; a limit computed with them would be too low by as much.
 *
 * @param factor c
 * @param offset of each value
 */
record Spread(double factor, float[] offset) {
  /** How many images are drawn to know their mean and variance. */
  private static final int DRAWN = 8192;

  private static final int BATCH = 256;

  /**
   * @param decoder from [n, d] to [n, m]
   * @param images that it was fitted to
   * @param seed of the latent vectors
   */
  static Spread of(OnnxModel decoder, StoredImages images, long seed, Engine engine) {
    int latent = Math.toIntExact(decoder.input().statedShape().get(1));
    int size = images.size();
    double[] sum = new double[size];
    double[] squares = new double[size];
    try (Executable executable = engine.load(decoder)) {
      for (int batch = 0; batch < DRAWN / BATCH; batch++) {
        SplittableRandom random = Draws.LATENTS.of(seed, batch);
        float[] latents = new float[BATCH * latent];
        for (int i = 0; i < latents.length; i++) {
          latents[i] = (float) random.nextGaussian();
        }
        Tensor input = new Tensor(latents, new long[] {BATCH, latent});
        float[] made = executable.run(input).get(0).values();
        for (int i = 0; i < made.length; i++) {
          sum[i % size] += made[i];
          squares[i % size] += (double) made[i] * made[i];
        }
      }
    }
    double variance = 0;
    for (int k = 0; k < size; k++) {
      variance += squares[k] / DRAWN - sum[k] / DRAWN * (sum[k] / DRAWN);
    }
    double factor = Math.sqrt(images.totalVariance() / variance);
    float[] offset = images.mean();
    for (int k = 0; k < size; k++) {
      offset[k] -= (float) (factor * sum[k] / DRAWN);
    }
    return new Spread(factor, offset);
  }
}
