package org.robustnessgap.messages;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Consecutive latent vectors of a campaign, float32, row-major [count, dimension]. In JSON the
 * values are little-endian bytes in base64. Immutable.
 */
public final class LatentBatch {
  private final long firstOrdinal;
  private final int dimension;
  private final float[] values;

  /**
   * @param firstOrdinal ordinal of row 0
   * @param dimension d, the length of a row
   * @param values count × dimension finite numbers; copied
   * @throws InvalidInputException if the length is no positive multiple of the dimension or a value
   *     is not finite
   */
  public LatentBatch(long firstOrdinal, int dimension, float[] values) {
    Checks.atLeast(firstOrdinal, 0, "first ordinal");
    Checks.atLeast(dimension, 1, "latent dimension");
    Checks.check(
        values.length > 0 && values.length % dimension == 0,
        "%d latent values are no whole number of rows of length %d",
        values.length,
        dimension);
    for (float value : values) {
      Checks.finite(value, "latent value");
    }
    this.firstOrdinal = firstOrdinal;
    this.dimension = dimension;
    this.values = values.clone();
  }

  /**
   * The JSON form.
   *
   * @param values little-endian float32
   */
  record Form(long firstOrdinal, int dimension, byte[] values) {
    Form {
      Checks.present(values, "latent values");
      Checks.check(
          values.length % Float.BYTES == 0,
          "%d bytes are no whole number of float32 values",
          values.length);
    }
  }

  @JsonForm
  static LatentBatch of(Form form) {
    float[] values = new float[form.values.length / Float.BYTES];
    ByteBuffer.wrap(form.values).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return new LatentBatch(form.firstOrdinal, form.dimension, values);
  }

  public long firstOrdinal() {
    return firstOrdinal;
  }

  public int dimension() {
    return dimension;
  }

  /** Number of rows. */
  public int count() {
    return values.length / dimension;
  }

  /** A copy of all values, row-major. */
  public float[] values() {
    return values.clone();
  }

  @JsonForm
  Form form() {
    ByteBuffer buffer =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asFloatBuffer().put(values);
    return new Form(firstOrdinal, dimension, buffer.array());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LatentBatch that
        && firstOrdinal == that.firstOrdinal
        && dimension == that.dimension
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(firstOrdinal) + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return "LatentBatch[firstOrdinal=" + firstOrdinal + ", " + count() + "×" + dimension + "]";
  }
}
