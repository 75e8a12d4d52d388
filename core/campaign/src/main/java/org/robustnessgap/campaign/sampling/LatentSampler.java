package org.robustnessgap.campaign.sampling;

import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;
import org.apache.commons.rng.simple.RandomSource;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.LatentBatch;

/**
 * Draws z ~ N(0, I_d), float32. The vector of an ordinal depends on nothing but the seed and the
 * ordinal: each has a stream of its own of the counter-based generator Philox 4×64 (Salmon et al.
 * 2011, "Parallel random numbers: as easy as 1, 2, 3"), with the seed as key and the ordinal in the
 * upper half of the counter. A shorter vector is the beginning of a longer one. Immutable.
 *
 * @param seed any number
 * @param dimension d, at least 1
 */
public record LatentSampler(long seed, int dimension) implements LatentSource {
  /**
   * @throws InvalidInputException if the dimension is not positive
   */
  public LatentSampler {
    if (dimension < 1) {
      throw new InvalidInputException(
          "Latent dimension is " + dimension + " but must be at least 1.");
    }
  }

  /**
   * The latent vectors of {@code count} consecutive ordinals.
   *
   * @param firstOrdinal of row 0, at least 0
   * @param count number of rows, at least 1
   * @throws InvalidInputException if the ordinal is negative or there is no row
   */
  @Override
  public LatentBatch draw(long firstOrdinal, int count) {
    if (count < 1) {
      throw new InvalidInputException("A batch of " + count + " latent vectors cannot be drawn.");
    }
    float[] values = new float[Math.multiplyExact(count, dimension)];
    for (int row = 0; row < count; row++) {
      ZigguratSampler.NormalizedGaussian gaussian =
          ZigguratSampler.NormalizedGaussian.of(stream(firstOrdinal + row));
      for (int i = 0; i < dimension; i++) {
        values[row * dimension + i] = (float) gaussian.sample();
      }
    }
    return new LatentBatch(firstOrdinal, dimension, values);
  }

  private UniformRandomProvider stream(long ordinal) {
    // Two words of key, then four of counter, the lowest first: each ordinal has 2^128 blocks.
    long[] keyAndCounter = {seed, 0, 0, 0, ordinal, 0};
    return RandomSource.PHILOX_4X64.create(keyAndCounter);
  }
}
