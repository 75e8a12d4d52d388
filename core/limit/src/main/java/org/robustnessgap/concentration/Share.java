package org.robustnessgap.concentration;

import org.robustnessgap.limit.ClopperPearson;

/**
 * How many of some images have a property.
 *
 * @param count from 0 to images
 * @param images at least 1
 */
public record Share(int count, int images) {
  /** As a fraction. */
  public double fraction() {
    return (double) count / images;
  }

  /** A lower confidence limit of the probability, wrong at most with half of the error rate. */
  public double lower(double errorRate) {
    return new ClopperPearson(ClopperPearson.End.LOWER, errorRate).of(count, images);
  }

  /** An upper confidence limit of the probability, wrong at most with half of the error rate. */
  public double upper(double errorRate) {
    return new ClopperPearson(ClopperPearson.End.UPPER, errorRate).of(count, images);
  }
}
