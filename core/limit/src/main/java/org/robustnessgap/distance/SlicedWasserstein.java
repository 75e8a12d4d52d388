package org.robustnessgap.distance;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.robustnessgap.messages.InvalidInputException;

/**
 * W₁ of two samples seen from single directions, where sorting solves it. A projection moves no two
 * points apart, so no direction's W₁ exceeds W₁(μ, ν) of the distributions themselves (Bonneel,
 * Rabin, Peyré, Pfister 2015); that of samples does so only by what sampling adds in one dimension,
 * about n^(−1/2).
 *
 * @param mean over directions drawn uniformly
 * @param betweenMeans in the direction from mean to mean, which is chosen on every second point of
 *     the samples and measured on the others: on its own points it would look too large; 0 if the
 *     means coincide or there is no other point
 */
public record SlicedWasserstein(double mean, double betweenMeans) {

  /**
   * @param a n points
   * @param b as many of the same dimension
   * @param directions how many are drawn, at least 1
   * @param seed determines them
   * @throws InvalidInputException if the samples differ in size or dimension or there is no
   *     direction
   */
  public static SlicedWasserstein of(float[][] a, float[][] b, int directions, long seed) {
    Wasserstein.requireAlike(a, b);
    if (directions < 1) {
      throw new InvalidInputException(
          "At least one direction is needed, but " + directions + " were asked for.");
    }
    SplittableRandom random = new SplittableRandom(seed);
    double sum = 0;
    for (int i = 0; i < directions; i++) {
      double[] direction = new double[a[0].length];
      Arrays.setAll(direction, k -> random.nextGaussian());
      sum += along(direction, a, b);
    }
    double[] chosen = betweenMeans(everySecond(a, 0), everySecond(b, 0));
    boolean measurable = a.length > 1 && Arrays.stream(chosen).anyMatch(value -> value != 0);
    double betweenMeans = measurable ? along(chosen, everySecond(a, 1), everySecond(b, 1)) : 0;
    return new SlicedWasserstein(sum / directions, betweenMeans);
  }

  private static float[][] everySecond(float[][] points, int first) {
    return IntStream.range(0, points.length)
        .filter(i -> i % 2 == first)
        .mapToObj(i -> points[i])
        .toArray(float[][]::new);
  }

  private static double[] betweenMeans(float[][] a, float[][] b) {
    double[] between = new double[a[0].length];
    for (int i = 0; i < a.length; i++) {
      for (int k = 0; k < between.length; k++) {
        between[k] += ((double) a[i][k] - b[i][k]) / a.length;
      }
    }
    return between;
  }

  /** W₁ of the projections onto a direction of any length but 0. */
  private static double along(double[] direction, float[][] a, float[][] b) {
    double norm = Math.sqrt(Arrays.stream(direction).map(value -> value * value).sum());
    double[] ofA = projected(a, direction);
    double[] ofB = projected(b, direction);
    double sum = 0;
    for (int i = 0; i < ofA.length; i++) {
      sum += Math.abs(ofA[i] - ofB[i]);
    }
    return sum / norm / ofA.length;
  }

  private static double[] projected(float[][] points, double[] direction) {
    double[] projected = new double[points.length];
    for (int i = 0; i < projected.length; i++) {
      for (int k = 0; k < direction.length; k++) {
        projected[i] += direction[k] * points[i][k];
      }
    }
    Arrays.sort(projected);
    return projected;
  }
}
