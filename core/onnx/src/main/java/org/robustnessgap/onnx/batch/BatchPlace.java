package org.robustnessgap.onnx.batch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Where the rows of a batch stand in a value. Along one axis the value's elements are {@code
 * [outer, batch, inner]}, row-major.
 *
 * @param axis of the value
 * @param outer how many elements of that axis, in a batch of one, come before the batch: 1 where
 *     rows are blocks, all of them where rows are interleaved
 */
record BatchPlace(int axis, long outer) {
  /** The rows of an input. */
  static final BatchPlace FIRST = new BatchPlace(0, 1);

  BatchPlace {
    if (axis < 0 || outer < 1) {
      throw new IllegalArgumentException("no place: axis " + axis + ", outer " + outer);
    }
  }

  BatchPlace at(int other) {
    return new BatchPlace(other, outer);
  }

  /**
   * How many elements the axis has for each row.
   *
   * @param shape of the value, at this batch
   */
  long extent(long[] shape, long batch) {
    return shape[axis] / batch;
  }

  /**
   * The places it may have once the value has another shape: the elements keep their order, so as
   * many come before the batch as did. With a batch of one an axis of size 1 may hold it, or any
   * axis may have it between its elements; the likely ones come first.
   *
   * @param from shape now, at this batch
   * @param to shape after, at this batch
   */
  List<BatchPlace> reshaped(long[] from, long[] to, long batch) {
    long before = product(from, axis) * outer;
    List<BatchPlace> places = new ArrayList<>();
    for (int other = 0; other < to.length; other++) {
      long leading = product(to, other);
      if (leading > 0 && before % leading == 0 && to[other] % (before / leading * batch) == 0) {
        places.add(new BatchPlace(other, before / leading));
      }
    }
    // An axis of its own is better than one with features, of which the last one is worst; rows as
    // blocks are better than interleaved ones.
    places.sort(
        Comparator.<BatchPlace>comparingInt(
                place -> to[place.axis] == batch ? 0 : place.axis == to.length - 1 ? 2 : 1)
            .thenComparing(place -> place.outer > 1));
    return places;
  }

  private static long product(long[] shape, int axes) {
    return Arrays.stream(shape).limit(axes).reduce(1, (a, b) -> a * b);
  }
}
