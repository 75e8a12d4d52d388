package org.robustnessgap.fit;

import java.util.Arrays;
import org.robustnessgap.messages.InvalidInputException;

/**
 * How many images there are and what they are on the average.
 *
 * @param images n, at least 1
 * @param mean μ, of m values
 */
record Mean(long images, double[] mean) {
  /**
   * Goes over the images once.
   *
   * @throws InvalidInputException if there is no image, an image has another size than the first,
   *     or a value is not finite
   */
  static Mean of(ImageSet set) {
    Sum sum = new Sum();
    set.forEach(sum::add);
    if (sum.count == 0) {
      throw new InvalidInputException("There are no images to fit a generator to.");
    }
    return new Mean(sum.count, Arrays.stream(sum.sum).map(value -> value / sum.count).toArray());
  }

  /** m. */
  int size() {
    return mean.length;
  }

  /** x − μ, into an array of as many values. */
  void subtractFrom(float[] image, double[] centred) {
    for (int k = 0; k < mean.length; k++) {
      centred[k] = image[k] - mean[k];
    }
  }

  private static final class Sum {
    private double[] sum = {};
    private long count;

    void add(float[] image) {
      if (count == 0) {
        sum = new double[image.length];
      }
      if (image.length != sum.length) {
        throw new InvalidInputException(
            String.format(
                "Image %d has %d values and the first one %d; bring all to one size.",
                count, image.length, sum.length));
      }
      for (int i = 0; i < sum.length; i++) {
        if (!Float.isFinite(image[i])) {
          throw new InvalidInputException(
              String.format(
                  "Image %d holds %s, which is no pixel; leave the image out, or mend it.",
                  count, image[i]));
        }
        sum[i] += image[i];
      }
      count++;
    }
  }
}
