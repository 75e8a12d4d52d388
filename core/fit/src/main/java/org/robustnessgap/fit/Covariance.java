package org.robustnessgap.fit;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.robustnessgap.messages.InvalidInputException;

/**
 * Mean and covariance of n images of m values, C = Σ (x − μ)(x − μ)ᵀ / n: of these images, not an
 * estimate of others. Two passes over the images; holds half of the symmetric matrix, 4 m² bytes.
 * Deterministic, whatever the number of threads.
 */
final class Covariance implements SymmetricMatrix {
  /** Colour images of 64 × 64: 600 MB. */
  static final int MOST_VALUES = 3 * 64 * 64;

  /** Images that are added at once, while a row of the matrix is in the cache. */
  private static final int BLOCK = 64;

  /** Rows so short are not worth another thread. */
  private static final int SMALL = 512;

  private final long images;
  private final double[] mean;

  /** Row i from its diagonal on. */
  private final double[][] upper;

  private Covariance(long images, double[] mean, double[][] upper) {
    this.images = images;
    this.mean = mean;
    this.upper = upper;
  }

  /**
   * @throws InvalidInputException if there is no image, an image has another size than the first or
   *     more than {@link #MOST_VALUES} values, or a value is not finite
   */
  static Covariance of(ImageSet set) {
    Sum sum = new Sum();
    set.forEach(sum::add);
    double[] mean = sum.mean();
    Products products = new Products(mean);
    set.forEach(products::add);
    return new Covariance(sum.count, mean, products.perImage(sum.count));
  }

  /** n. */
  long images() {
    return images;
  }

  /** μ. */
  double[] mean() {
    return mean.clone();
  }

  /** The sum of all variances. */
  double trace() {
    return Arrays.stream(upper).mapToDouble(row -> row[0]).sum();
  }

  @Override
  public int size() {
    return mean.length;
  }

  @Override
  public double[] times(double[] vector) {
    int size = size();
    double[] product = new double[size];
    for (int i = 0; i < size; i++) {
      double[] row = upper[i];
      double of = vector[i];
      double sum = row[0] * of;
      for (int j = i + 1; j < size; j++) {
        sum += row[j - i] * vector[j];
        product[j] += row[j - i] * of;
      }
      product[i] += sum;
    }
    return product;
  }

  /** The first pass. */
  private static final class Sum {
    private double[] sum = {};
    private long count;

    void add(float[] image) {
      if (count == 0) {
        requireFew(image.length);
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

    private static void requireFew(int values) {
      if (values > MOST_VALUES) {
        throw new InvalidInputException(
            String.format(
                "Images of %d values are too large for a linear generator, %d are the most; make the images smaller.",
                values, MOST_VALUES));
      }
    }

    double[] mean() {
      if (count == 0) {
        throw new InvalidInputException("There are no images to fit a generator to.");
      }
      return Arrays.stream(sum).map(value -> value / count).toArray();
    }
  }

  /** The second pass. */
  private static final class Products {
    private final double[] mean;
    private final double[][] upper;
    private final double[][] block;
    private int filled;

    Products(double[] mean) {
      this.mean = mean;
      this.upper = new double[mean.length][];
      Arrays.setAll(upper, i -> new double[mean.length - i]);
      this.block = new double[BLOCK][mean.length];
    }

    void add(float[] image) {
      double[] centred = block[filled++];
      for (int i = 0; i < centred.length; i++) {
        centred[i] = image[i] - mean[i];
      }
      if (filled == BLOCK) {
        flush();
      }
    }

    /** Threads share the rows, so each sum has its order. */
    private void flush() {
      for (double[] unused : Arrays.asList(block).subList(filled, BLOCK)) {
        Arrays.fill(unused, 0);
      }
      IntStream rows = IntStream.range(0, upper.length);
      (upper.length < SMALL ? rows : rows.parallel()).forEach(this::addRow);
      filled = 0;
    }

    /** Four images at a time: a load and a store of the row for four multiplications. */
    private void addRow(int i) {
      double[] row = upper[i];
      for (int b = 0; b < BLOCK; b += 4) {
        double[] x0 = block[b];
        double[] x1 = block[b + 1];
        double[] x2 = block[b + 2];
        double[] x3 = block[b + 3];
        double a0 = x0[i];
        double a1 = x1[i];
        double a2 = x2[i];
        double a3 = x3[i];
        for (int j = 0; j < row.length; j++) {
          row[j] += a0 * x0[i + j] + a1 * x1[i + j] + a2 * x2[i + j] + a3 * x3[i + j];
        }
      }
    }

    double[][] perImage(long count) {
      flush();
      for (double[] row : upper) {
        for (int j = 0; j < row.length; j++) {
          row[j] /= count;
        }
      }
      return upper;
    }
  }
}
