package org.robustnessgap.data;

import java.util.Arrays;

/**
 * Which axis of an array is which.
 *
 * @param count images
 * @param height 0 if each is a vector
 * @param width 0 likewise
 * @param channels of a vector, its length
 * @param image how many numbers lie between those of one image and of the next
 * @param row likewise of rows
 * @param column likewise of columns
 * @param channel likewise of channels
 */
record ArrayAxes(
    int count, int height, int width, int channels, int image, int row, int column, int channel) {
  private static final int MOST_VALUES = 1 << 28;
  private static final int NONE = -1;

  /**
   * Of an array [n, height, width], with channels before or behind these or without n, or [n,
   * values].
   *
   * @param shape of the array
   * @param fortran whether neighbours on the first axis lie together, not those on the last
   * @param form settles what the shape leaves open
   * @throws UnreadableException if it can be no images
   */
  static ArrayAxes of(long[] shape, boolean fortran, ImageForm form) throws UnreadableException {
    return switch (shape.length) {
      case 2 ->
          isOneImage(shape, form)
              ? of(shape, fortran, NONE, 0, 1, NONE)
              : of(shape, fortran, 0, NONE, NONE, 1);
      case 3 ->
          isChannels(shape[2])
              ? of(shape, fortran, NONE, 0, 1, 2)
              : form.size().channels() > 1 && isChannels(shape[0])
                  ? of(shape, fortran, NONE, 1, 2, 0)
                  : of(shape, fortran, 0, 1, 2, NONE);
      case 4 ->
          channelsLast(shape, form)
              ? of(shape, fortran, 0, 1, 2, 3)
              : of(shape, fortran, 0, 2, 3, 1);
      default ->
          throw new UnreadableException(
              "has shape %s, but images are [n, height, width], with channels before or behind these",
              Arrays.toString(shape));
    };
  }

  private static boolean isOneImage(long[] shape, ImageForm form) {
    return shape[0] == form.size().height() && shape[1] == form.size().width();
  }

  private static boolean isChannels(long size) {
    return size == 1 || size == 3 || size == 4;
  }

  private static boolean channelsLast(long[] shape, ImageForm form) throws UnreadableException {
    boolean first = isChannels(shape[1]) || shape[1] == form.size().channels();
    boolean last = isChannels(shape[3]) || shape[3] == form.size().channels();
    if (!first && !last) {
      throw new UnreadableException(
          "has shape %s, where neither the second nor the last axis can be channels",
          Arrays.toString(shape));
    }
    // Of both, those of the wanted size.
    return last && !(first && shape[2] == form.size().height() && shape[3] == form.size().width());
  }

  /**
   * @param n the axis of images; −1 if there is one image
   * @param h of rows; −1 of vectors
   * @param w of columns; −1 of vectors
   * @param c of channels; −1 if there is one channel
   */
  static ArrayAxes of(long[] shape, boolean fortran, int n, int h, int w, int c)
      throws UnreadableException {
    long all = 1;
    for (long size : shape) {
      if (size < 1 || size > Integer.MAX_VALUE) {
        throw new UnreadableException("has shape %s", Arrays.toString(shape));
      }
    }
    long[] steps = new long[shape.length];
    for (int i = 0; i < shape.length; i++) {
      int axis = fortran ? i : shape.length - 1 - i;
      steps[axis] = all;
      all = all > Long.MAX_VALUE / shape[axis] ? Long.MAX_VALUE : all * shape[axis];
    }
    if (all / size(shape, n) > MOST_VALUES
        || fortran && n != shape.length - 1 && all > MOST_VALUES) {
      throw new UnreadableException(
          "has shape %s, which is more than can be held at once%s",
          Arrays.toString(shape), fortran ? "; store it in C order" : "");
    }
    return new ArrayAxes(
        size(shape, n),
        h == NONE ? 0 : size(shape, h),
        w == NONE ? 0 : size(shape, w),
        size(shape, c),
        step(steps, n),
        step(steps, h),
        step(steps, w),
        step(steps, c));
  }

  private static int size(long[] shape, int axis) {
    return axis == NONE ? 1 : (int) shape[axis];
  }

  private static int step(long[] steps, int axis) {
    return axis == NONE ? 0 : (int) steps[axis];
  }

  /** How many values an image has. */
  int values() {
    return Math.max(height, 1) * Math.max(width, 1) * channels;
  }

  /** Whether the values of one image lie together, so that one after the other can be read. */
  boolean isStream() {
    return count == 1 || image == values();
  }

  /**
   * Where the values of an image lie, rows first and channels last.
   *
   * @param first of the numbers that are held
   */
  int[] indices(int first) {
    int[] indices = new int[values()];
    for (int i = 0; i < indices.length; i++) {
      int pixel = i / channels;
      int across = Math.max(width, 1);
      indices[i] = first + pixel / across * row + pixel % across * column + i % channels * channel;
    }
    return indices;
  }
}
