package org.robustnessgap.fit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.spectrum.SubspaceIteration;

/**
 * The products of n images of m values with each other, K = (xᵢ − μ)ᵀ(xⱼ − μ) / n, whose positive
 * eigenvalues are those of the covariance: for few images that are large, as it has n² numbers
 * instead of m². If K a = λ a, then Σ aᵢ (xᵢ − μ) / √(n λ) is a unit eigenvector of the covariance.
 * Holds the images, 4 n m bytes. Deterministic, whatever the number of threads.
 */
final class Gram implements Scatter {
  /** 1 GB: 1,700 colour images of 224 × 224. */
  private static final long MOST_VALUES = 1L << 28;

  private final float[][] centred;
  private final double[][] products;

  private Gram(float[][] centred, double[][] products) {
    this.centred = centred;
    this.products = products;
  }

  /**
   * Goes over the images once more.
   *
   * @param mean of the same images
   * @throws InvalidInputException if they have more than 2²⁸ values in all
   */
  static Gram of(ImageSet set, Mean mean) {
    if (mean.images() * mean.size() > MOST_VALUES) {
      throw new InvalidInputException(
          String.format(
              "%d images of %d values are too many for a linear generator: of images so large it takes %d at most; give fewer images, or make them smaller.",
              mean.images(), mean.size(), MOST_VALUES / mean.size()));
    }
    List<float[]> images = new ArrayList<>();
    double[] wide = new double[mean.size()];
    set.forEach(
        image -> {
          mean.subtractFrom(image, wide);
          images.add(narrowed(wide));
        });
    float[][] centred = images.toArray(float[][]::new);
    double[][] products = new double[centred.length][centred.length];
    IntStream.range(0, centred.length)
        .parallel()
        .forEach(
            i -> {
              for (int j = 0; j <= i; j++) {
                products[i][j] = dot(centred[i], centred[j]) / centred.length;
              }
            });
    for (int i = 0; i < centred.length; i++) {
      for (int j = 0; j < i; j++) {
        products[j][i] = products[i][j];
      }
    }
    return new Gram(centred, products);
  }

  private static float[] narrowed(double[] values) {
    float[] narrow = new float[values.length];
    for (int k = 0; k < narrow.length; k++) {
      narrow[k] = (float) values[k];
    }
    return narrow;
  }

  /** Four sums, as one waits for the last. */
  private static double dot(float[] x, float[] y) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int k = 0;
    for (; k + 3 < x.length; k += 4) {
      a += (double) x[k] * y[k];
      b += (double) x[k + 1] * y[k + 1];
      c += (double) x[k + 2] * y[k + 2];
      d += (double) x[k + 3] * y[k + 3];
    }
    for (; k < x.length; k++) {
      a += (double) x[k] * y[k];
    }
    return a + b + (c + d);
  }

  @Override
  public int size() {
    return products.length;
  }

  @Override
  public double[] times(double[] vector) {
    double[] product = new double[vector.length];
    for (int i = 0; i < product.length; i++) {
      for (int j = 0; j < vector.length; j++) {
        product[i] += products[i][j] * vector[j];
      }
    }
    return product;
  }

  @Override
  public double trace() {
    return IntStream.range(0, products.length).mapToDouble(i -> products[i][i]).sum();
  }

  @Override
  public double[][] directions(SubspaceIteration found) {
    double[][] directions = new double[found.values().length][];
    IntStream.range(0, directions.length)
        .parallel()
        .forEach(i -> directions[i] = direction(found.vectors()[i]));
    return directions;
  }

  private double[] direction(double[] shares) {
    double[] sum = new double[centred[0].length];
    for (int i = 0; i < shares.length; i++) {
      for (int k = 0; k < sum.length; k++) {
        sum[k] += shares[i] * centred[i][k];
      }
    }
    double length = Math.sqrt(Arrays.stream(sum).map(v -> v * v).sum());
    return Arrays.stream(sum).map(v -> v / length).toArray();
  }
}
