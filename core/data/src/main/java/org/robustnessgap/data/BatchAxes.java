package org.robustnessgap.data;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.robustnessgap.messages.ImageShape;
import org.robustnessgap.messages.Layout;

/**
 * How the images of a batch lie in an array that a model takes.
 *
 * @param count of images
 * @param places where the values of an image lie, counted from its first, in the layout of the form
 */
record BatchAxes(int count, int[] places) {
  /**
   * By sizes alone: those of the form, in its own layout before others, with or without an axis of
   * images in front; or as many values as it has, in its layout.
   *
   * @param form settled
   * @throws UnreadableException if the array holds images of another form
   */
  static BatchAxes of(long[] shape, ImageForm form) throws UnreadableException {
    long[] rest = shape.length == 0 ? shape : Arrays.copyOfRange(shape, 1, shape.length);
    for (Layout layout : layouts(form)) {
      long[] image = sizes(form, layout);
      if (Arrays.equals(shape, image)) {
        return new BatchAxes(1, places(form, layout));
      }
      if (Arrays.equals(rest, image) && shape[0] >= 1 && shape[0] <= Integer.MAX_VALUE) {
        return new BatchAxes((int) shape[0], places(form, layout));
      }
    }
    throw new UnreadableException(
        "has shape %s, but images of %s are wanted, with or without a batch before them",
        Arrays.toString(shape), form.shape());
  }

  private static Set<Layout> layouts(ImageForm form) {
    Set<Layout> layouts = new LinkedHashSet<>(List.of(form.layout()));
    if (form.layout() != Layout.FLAT) {
      layouts.addAll(List.of(Layout.NCHW, Layout.NHWC));
      if (form.size().channels() == 1) {
        layouts.add(Layout.NHW);
      }
      layouts.add(Layout.FLAT);
    }
    return layouts;
  }

  private static long[] sizes(ImageForm form, Layout layout) {
    List<Long> sizes = layout == Layout.FLAT ? List.of(form.values()) : form.size().in(layout);
    return sizes.stream().mapToLong(size -> size).toArray();
  }

  /** Values without an order of their own are in that of the form. */
  private static int[] places(ImageForm form, Layout layout) {
    ImageShape size = form.size();
    int[] places = new int[Math.toIntExact(size.values())];
    boolean ordered = layout == form.layout() || layout == Layout.FLAT || size.channels() == 1;
    int channels = (int) size.channels();
    int pixels = places.length / channels;
    for (int i = 0; i < places.length; i++) {
      places[i] =
          ordered
              ? i
              : form.layout() == Layout.NCHW
                  ? i % pixels * channels + i / pixels
                  : i % channels * pixels + i / channels;
    }
    return places;
  }
}
