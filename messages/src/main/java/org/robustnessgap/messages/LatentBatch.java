package org.robustnessgap.messages;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive latent vectors of a campaign, float32, row-major [count, dimension]; or images, each
 * with a name. In JSON the values are little-endian bytes in base64. Immutable.
 */
public final class LatentBatch {
  private final long firstOrdinal;
  private final int dimension;
  private final float[] values;
  private final List<String> names;

  /** Latent vectors, which have no names. */
  public LatentBatch(long firstOrdinal, int dimension, float[] values) {
    this(firstOrdinal, dimension, values, List.of());
  }

  /**
   * @param firstOrdinal ordinal of row 0
   * @param dimension d, the length of a row
   * @param values count × dimension finite numbers; copied
   * @param names one for each row, or none
   * @throws InvalidInputException if the length is no positive multiple of the dimension, a value
   *     is not finite, or there is another number of names
   */
  public LatentBatch(long firstOrdinal, int dimension, float[] values, List<String> names) {
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
    this.names = Checks.list(names, "names of samples");
    Checks.check(
        names.isEmpty() || names.size() == count(),
        "%d samples have %d names",
        count(),
        names.size());
  }

  /**
   * The JSON form.
   *
   * @param values little-endian float32
   * @param names absent for none
   */
  record Form(long firstOrdinal, int dimension, byte[] values, @OmitEmpty List<String> names) {
    Form {
      names = names == null ? List.of() : Checks.list(names, "names of samples");
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
    return new LatentBatch(form.firstOrdinal, form.dimension, values, form.names);
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

  /** What row i is called; null for a latent vector, which has no name. */
  public @Nullable String name(int i) {
    return names.isEmpty() ? null : names.get(i);
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
    return new Form(firstOrdinal, dimension, buffer.array(), names);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LatentBatch that
        && firstOrdinal == that.firstOrdinal
        && dimension == that.dimension
        && Arrays.equals(values, that.values)
        && names.equals(that.names);
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
