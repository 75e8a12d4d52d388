package org.robustnessgap.messages;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One or more images that a classifier was asked about: the value of records of format {@link
 * RecordFormat#TRAFFIC_SAMPLES}.
 *
 * @param name for results, in place of the record's own; absent to use that
 * @param shape of the images as the classifiers take them, with a batch in front or without
 * @param datatype of a number, by the names of the Open Inference Protocol: UINT8 to UINT64, INT8
 *     to INT64, FP16, FP32 or FP64
 * @param values row-major, the lowest byte of a number first
 */
public record TrafficSample(
    @OmitEmpty @Nullable String name, List<Integer> shape, String datatype, byte[] values) {
  private static final int LONGEST_NAME = 256;

  public TrafficSample {
    Checks.check(
        name == null || name.length() <= LONGEST_NAME,
        "the name of a traffic sample has more than %d characters",
        LONGEST_NAME);
    shape = Checks.shape(shape, "shape of a traffic sample");
    Checks.present(datatype, "datatype of a traffic sample");
    Checks.present(values, "values of a traffic sample");
    int numbers = Checks.values(shape);
    Checks.check(
        values.length > 0 && values.length % numbers == 0,
        "a traffic sample has shape %s, but its values have %d bytes",
        shape,
        values.length);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TrafficSample that
        && Objects.equals(name, that.name)
        && shape.equals(that.shape)
        && datatype.equals(that.datatype)
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return 31 * Objects.hash(name, shape, datatype) + Arrays.hashCode(values);
  }
}
