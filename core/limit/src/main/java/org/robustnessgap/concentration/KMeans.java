package org.robustnessgap.concentration;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.robustnessgap.distance.Euclidean;

/** Lloyd's k-means in ℓ2 from k-means++ starts (Arthur, Vassilvitskii 2007). */
final class KMeans {
  private static final int ROUNDS = 20;

  private final float[][] centres;

  /**
   * @param points at least one
   * @param clusters at least 1
   * @param seed determines the starts
   */
  KMeans(float[][] points, int clusters, long seed) {
    this.centres = starts(points, clusters, new SplittableRandom(seed));
    int[] nearest = assign(points);
    for (int round = 0; round < ROUNDS; round++) {
      move(points, nearest);
      int[] next = assign(points);
      if (Arrays.equals(next, nearest)) {
        break;
      }
      nearest = next;
    }
  }

  /** The nearest centre of each point. */
  int[] assign(float[][] points) {
    return Arrays.stream(points).parallel().mapToInt(this::nearest).toArray();
  }

  private int nearest(float[] point) {
    int best = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < centres.length; i++) {
      double distance = Euclidean.distance(centres[i], point);
      if (distance < least) {
        least = distance;
        best = i;
      }
    }
    return best;
  }

  private static float[][] starts(float[][] points, int clusters, SplittableRandom random) {
    float[][] starts = new float[clusters][];
    double[] squares = new double[points.length];
    Arrays.fill(squares, Double.POSITIVE_INFINITY);
    int next = random.nextInt(points.length);
    for (int i = 0; i < clusters; i++) {
      starts[i] = points[next].clone();
      float[] start = starts[i];
      double[] before = squares;
      squares =
          IntStream.range(0, points.length)
              .parallel()
              .mapToDouble(
                  j -> Math.min(before[j], Math.pow(Euclidean.distance(start, points[j]), 2)))
              .toArray();
      next = drawn(squares, random);
    }
    return starts;
  }

  /** With a probability in proportion to the weights; the last one if all are 0. */
  private static int drawn(double[] weights, SplittableRandom random) {
    double left = random.nextDouble() * Arrays.stream(weights).sum();
    int i = 0;
    while (i < weights.length - 1 && left >= weights[i]) {
      left -= weights[i];
      i++;
    }
    return i;
  }

  /** Each centre to the mean of its points; one without points stays. */
  private void move(float[][] points, int[] nearest) {
    double[][] sums = new double[centres.length][centres[0].length];
    int[] counts = new int[centres.length];
    for (int i = 0; i < points.length; i++) {
      double[] sum = sums[nearest[i]];
      counts[nearest[i]]++;
      for (int k = 0; k < sum.length; k++) {
        sum[k] += points[i][k];
      }
    }
    for (int c = 0; c < centres.length; c++) {
      for (int k = 0; counts[c] > 0 && k < sums[c].length; k++) {
        centres[c][k] = (float) (sums[c][k] / counts[c]);
      }
    }
  }
}
