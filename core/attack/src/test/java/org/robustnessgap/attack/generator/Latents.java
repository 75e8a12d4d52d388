package org.robustnessgap.attack.generator;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.robustnessgap.messages.LatentBatch;

/** Standard normal latent vectors. */
public final class Latents {
  private Latents() {}

  public static LatentBatch gaussian(int seed, int count, int dimension) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count * dimension];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return new LatentBatch(0, dimension, values);
  }

  /** The rows from one ordinal to another, exclusive. */
  public static LatentBatch slice(LatentBatch latents, int from, int to) {
    int d = latents.dimension();
    return new LatentBatch(
        latents.firstOrdinal() + from, d, Arrays.copyOfRange(latents.values(), from * d, to * d));
  }
}
