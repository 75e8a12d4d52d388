package org.robustnessgap.fit.memorisation;

import java.util.Arrays;
import org.robustnessgap.messages.InvalidInputException;

/**
 * How near generated images come to the fitted ones, beside how near images come that were held
 * out. A generator that repeats fitted images comes nearer than those; one whose images are blurred
 * may as well, since the middle of many images is near to all.
 *
 * @param generated median of the distances from generated images to the nearest fitted one
 * @param heldOut the same from held-out images
 * @param nearer the share of generated images that are nearer than {@link #QUANTILE} of the
 *     held-out ones: about as large if both are alike
 */
public record Memorisation(double generated, double heldOut, double nearer) {
  /** Of the held-out images so many count as near. */
  public static final double QUANTILE = 0.01;

  /**
   * @param generated distances from generated images to the nearest fitted one
   * @param heldOut the same from held-out images
   */
  public static Memorisation of(double[] generated, double[] heldOut) {
    if (generated.length == 0 || heldOut.length == 0) {
      throw new InvalidInputException("There is no image to compare with; hold some out.");
    }
    double[] others = sorted(heldOut);
    double near = others[(int) (QUANTILE * others.length)];
    long nearer = Arrays.stream(generated).filter(distance -> distance < near).count();
    return new Memorisation(
        median(sorted(generated)), median(others), nearer / (double) generated.length);
  }

  private static double[] sorted(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted;
  }

  private static double median(double[] sorted) {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
