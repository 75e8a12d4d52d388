package org.robustnessgap.deploy.measure;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import org.robustnessgap.campaign.sampling.LatentSource;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.LatentBatch;

/**
 * Latent vectors from a file of little-endian float32 rows, so that two programs can be compared on
 * the same z.
 */
final class LatentFile implements LatentSource {
  private final int dimension;
  private final float[] values;

  private LatentFile(int dimension, float[] values) {
    this.dimension = dimension;
    this.values = values;
  }

  /**
   * The number of rows.
   *
   * @throws InvalidInputException if there is no such file or it holds no whole number of rows
   */
  static long rows(Path file, int dimension) {
    try {
      long bytes = Files.size(file);
      long row = (long) dimension * Float.BYTES;
      if (bytes == 0 || bytes % row != 0) {
        throw new InvalidInputException(
            String.format(
                "%s holds %d bytes, no whole number of latent vectors of %d float32 values; does it belong to this generator?",
                file, bytes, dimension));
      }
      return bytes / row;
    } catch (NoSuchFileException e) {
      throw new InvalidInputException("There is no file " + file + " (--latents).", e);
    } catch (IOException e) {
      throw new InvalidInputException("Cannot read " + file + " (--latents): " + e.getMessage(), e);
    }
  }

  /**
   * The first rows.
   *
   * @param count at most {@link #rows}, and at most 2^29 values
   * @throws InvalidInputException if a value is not finite
   */
  static LatentFile read(Path file, int dimension, long count) {
    byte[] bytes = new byte[(int) count * dimension * Float.BYTES];
    try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
      in.readFully(bytes);
    } catch (IOException e) {
      throw new InvalidInputException("Cannot read " + file + " (--latents): " + e.getMessage(), e);
    }
    float[] values = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new InvalidInputException(
            String.format(
                "%s holds %s in row %d (counted from 0); latent vectors must be finite.",
                file, values[i], i / dimension));
      }
    }
    return new LatentFile(dimension, values);
  }

  @Override
  public LatentBatch draw(long firstOrdinal, int count) {
    if (firstOrdinal + count > values.length / dimension) {
      throw new InvalidInputException(
          String.format(
              "The campaign asks for latent vector %d (counted from 0), but only %d of --latents are read; ask for fewer there, or give a longer file.",
              firstOrdinal + count - 1, values.length / dimension));
    }
    int from = Math.toIntExact(firstOrdinal) * dimension;
    return new LatentBatch(
        firstOrdinal, dimension, Arrays.copyOfRange(values, from, from + count * dimension));
  }
}
