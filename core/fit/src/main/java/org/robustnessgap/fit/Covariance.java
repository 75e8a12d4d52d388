package org.robustnessgap.fit;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.robustnessgap.spectrum.SubspaceIteration;

/**
 * The covariance of n images of m values, C = Σ (x − μ)(x − μ)ᵀ / n: of these images, not an
 * estimate of others. Holds half of the symmetric matrix, 4 m² bytes. Deterministic, whatever the
 * number of threads.
 */
final class Covariance implements Scatter {
  /** Colour images of 64 × 64: 600 MB. */
  static final int MOST_VALUES = 3 * 64 * 64;

  /** Images that are added at once, while a row of the matrix is in the cache. */
  private static final int BLOCK = 64;

  /** Rows so short are not worth another thread. */
  private static final int SMALL = 512;

  /** Row i from its diagonal on. */
  private final double[][] upper;

  private Covariance(double[][] upper) {
    this.upper = upper;
  }

  /**
   * Goes over the images once more.
   *
   * @param mean of the same images
   */
  static Covariance of(ImageSet set, Mean mean) {
    Products products = new Products(mean);
    set.forEach(products::add);
    return new Covariance(products.perImage());
  }

  @Override
  public double[][] directions(SubspaceIteration found) {
    return found.vectors();
  }

  @Override
  public double trace() {
    return Arrays.stream(upper).mapToDouble(row -> row[0]).sum();
  }

  @Override
  public int size() {
    return upper.length;
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

  private static final class Products {
    private final Mean mean;
    private final double[][] upper;
    private final double[][] block;
    private int filled;

    Products(Mean mean) {
      int size = mean.size();
      this.mean = mean;
      this.upper = new double[size][];
      Arrays.setAll(upper, i -> new double[size - i]);
      this.block = new double[BLOCK][size];
    }

    void add(float[] image) {
      mean.subtractFrom(image, block[filled++]);
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

    double[][] perImage() {
      flush();
      for (double[] row : upper) {
        for (int j = 0; j < row.length; j++) {
          row[j] /= mean.images();
        }
      }
      return upper;
    }
  }
}
