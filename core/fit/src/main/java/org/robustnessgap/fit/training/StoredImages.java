package org.robustnessgap.fit.training;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.PixelRange;

/**
 * Images in memory: a byte a value where all values of an image are levels from 0 to 255 spread
 * over the range of pixels, else float32. Filled by one thread, then read by any.
 */
public final class StoredImages {
  private static final int LEVELS = 256;

  private sealed interface Stored {
    void copy(float[] into, int at);

    byte[] bytes();
  }

  private record Levels(byte[] levels, float[] values) implements Stored {
    @Override
    public void copy(float[] into, int at) {
      for (int i = 0; i < levels.length; i++) {
        into[at + i] = values[levels[i] & 0xff];
      }
    }

    @Override
    public byte[] bytes() {
      return levels;
    }
  }

  private record Numbers(float[] values) implements Stored {
    @Override
    public void copy(float[] into, int at) {
      System.arraycopy(values, 0, into, at, values.length);
    }

    @Override
    public byte[] bytes() {
      ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
      bytes.asFloatBuffer().put(values);
      return bytes.array();
    }
  }

  private final PixelRange range;
  private final int size;

  /** What each level is as a pixel. */
  private final float[] values = new float[LEVELS];

  private final List<Stored> images = new ArrayList<>();

  /**
   * None yet.
   *
   * @param size how many values each has
   * @param range of their values
   */
  public StoredImages(int size, PixelRange range) {
    this.size = size;
    this.range = range;
    for (int level = 0; level < LEVELS; level++) {
      values[level] =
          (float) (range.lower() + level * (range.upper() - range.lower()) / (LEVELS - 1));
    }
  }

  /**
   * Adds one, copied.
   *
   * @throws InvalidInputException if it has another size or a value is not finite
   */
  public void add(float[] image) {
    if (image.length != size) {
      throw new InvalidInputException(
          String.format(
              "Image %d has %d values, but %d are wanted; bring all to one size.",
              images.size() + 1, image.length, size));
    }
    byte[] levels = new byte[size];
    boolean exact = true;
    for (int i = 0; i < size; i++) {
      if (!Float.isFinite(image[i])) {
        throw new InvalidInputException(
            String.format(
                "Image %d holds %s; pixels must be finite numbers.", images.size() + 1, image[i]));
      }
      int level = level(image[i]);
      levels[i] = (byte) level;
      exact &= values[level] == image[i];
    }
    images.add(exact ? new Levels(levels, values) : new Numbers(image.clone()));
  }

  private int level(float value) {
    double share = (value - range.lower()) / (range.upper() - range.lower());
    return (int) Math.max(0, Math.min(LEVELS - 1, Math.round(share * (LEVELS - 1))));
  }

  /** How many there are. */
  public int count() {
    return images.size();
  }

  /** How many values each has. */
  public int size() {
    return size;
  }

  /** What their values lie in. */
  public PixelRange range() {
    return range;
  }

  /**
   * Writes an image into an array.
   *
   * @param at where its first value comes
   */
  public void copy(int index, float[] into, int at) {
    images.get(index).copy(into, at);
  }

  /** A copy of one. */
  public float[] image(int index) {
    float[] image = new float[size];
    copy(index, image, 0);
    return image;
  }

  /** Several, [count, size]. */
  public float[] rows(int from, int count) {
    float[] rows = new float[Math.multiplyExact(count, size)];
    for (int n = 0; n < count; n++) {
      copy(from + n, rows, n * size);
    }
    return rows;
  }

  /** Whether one differs from another. */
  public boolean isVaried() {
    byte[] first = images.isEmpty() ? new byte[0] : images.get(0).bytes();
    return images.stream().anyMatch(image -> !Arrays.equals(image.bytes(), first));
  }

  /** The mean of each value. */
  public float[] mean() {
    double[] sum = new double[size];
    float[] image = new float[size];
    for (Stored stored : images) {
      stored.copy(image, 0);
      for (int i = 0; i < size; i++) {
        sum[i] += image[i];
      }
    }
    float[] mean = new float[size];
    for (int i = 0; i < size; i++) {
      mean[i] = (float) (sum[i] / images.size());
    }
    return mean;
  }

  /** The variances of all values, summed: of these images, not an estimate of others. */
  public double totalVariance() {
    float[] mean = mean();
    float[] image = new float[size];
    double sum = 0;
    for (Stored stored : images) {
      stored.copy(image, 0);
      for (int i = 0; i < size; i++) {
        double difference = (double) image[i] - mean[i];
        sum += difference * difference;
      }
    }
    return sum / images.size();
  }

  /**
   * Some of them, in an order that is drawn.
   *
   * @param most at most so many
   */
  public StoredImages some(int most, long seed) {
    StoredImages some = new StoredImages(size, range);
    int[] order = Draws.shuffled(count(), Draws.ORDER.of(seed, -1));
    for (int n = 0; n < Math.min(most, order.length); n++) {
      some.images.add(images.get(order[n]));
    }
    return some;
  }

  /** Copies of all. */
  public float[][] all() {
    float[][] all = new float[count()][];
    Arrays.setAll(all, this::image);
    return all;
  }

  /** SHA-256 of all of them: other images have another. */
  public byte[] digest() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Stored stored : images) {
        byte[] bytes = stored.bytes();
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        digest.update(bytes);
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
