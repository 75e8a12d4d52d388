package org.robustnessgap.attack.map;

import java.util.Arrays;
import java.util.List;
import org.robustnessgap.messages.StableApi;

/**
 * Vectors of equal length, row-major [count, width]. Shares its array: whoever gets rows must not
 * write to them.
 *
 * @param values count × width numbers
 * @param width length of a row, at least 1
 */
@StableApi
public record Rows(float[] values, int width) {
  public Rows {
    if (width < 1 || values.length % width != 0) {
      throw new IllegalArgumentException(values.length + " values are no rows of length " + width);
    }
  }

  /** Zeros. */
  public static Rows zeros(int count, int width) {
    return new Rows(new float[count * width], width);
  }

  /** Copies of vectors of equal length, one a row. */
  public static Rows of(List<float[]> vectors, int width) {
    float[] values = new float[vectors.size() * width];
    for (int i = 0; i < vectors.size(); i++) {
      System.arraycopy(vectors.get(i), 0, values, i * width, width);
    }
    return new Rows(values, width);
  }

  public int count() {
    return values.length / width;
  }

  /** A copy of one row. */
  public float[] row(int index) {
    return Arrays.copyOfRange(values, index * width, (index + 1) * width);
  }

  /** The rows with these indices, in this order. */
  public Rows select(int[] indices) {
    float[] selected = new float[indices.length * width];
    for (int i = 0; i < indices.length; i++) {
      System.arraycopy(values, indices[i] * width, selected, i * width, width);
    }
    return new Rows(selected, width);
  }

  /** Chosen rows, each with a vector added. */
  public Rows plus(int[] indices, List<float[]> vectors) {
    float[] sums = select(indices).values();
    for (int i = 0; i < sums.length; i++) {
      sums[i] += vectors.get(i / width)[i % width];
    }
    return new Rows(sums, width);
  }

  /** The rows from one index to another, exclusive. */
  public Rows slice(int from, int to) {
    return new Rows(Arrays.copyOfRange(values, from * width, to * width), width);
  }

  /** ‖row‖₂. */
  public double norm(int index) {
    double sum = 0;
    for (int i = index * width; i < (index + 1) * width; i++) {
      sum += (double) values[i] * values[i];
    }
    return Math.sqrt(sum);
  }

  /** ‖row − other's row‖₂. */
  public double distance(int index, Rows other, int otherIndex) {
    double sum = 0;
    for (int i = 0; i < width; i++) {
      double difference = (double) values[index * width + i] - other.values[otherIndex * width + i];
      sum += difference * difference;
    }
    return Math.sqrt(sum);
  }

  /** Whether every number of a row is finite. */
  public boolean isFinite(int index) {
    for (int i = index * width; i < (index + 1) * width; i++) {
      if (!Float.isFinite(values[i])) {
        return false;
      }
    }
    return true;
  }

  /** The index of the largest number of a row; the first of equals. */
  public int argMax(int index) {
    int best = 0;
    for (int i = 1; i < width; i++) {
      if (values[index * width + i] > values[index * width + best]) {
        best = i;
      }
    }
    return best;
  }
}
