package org.robustnessgap.deploy.bounds;

import java.util.Arrays;
import java.util.Locale;

/** The statistics that Peck et al. print of a sample. */
record Summary(double mean, double median, double deviation, double min, double max) {

  /**
   * @param sample at least one number
   */
  static Summary of(double[] sample) {
    double[] ascending = sample.clone();
    Arrays.sort(ascending);
    int n = ascending.length;
    double mean = Arrays.stream(ascending).sum() / n;
    double squares = Arrays.stream(ascending).map(x -> (x - mean) * (x - mean)).sum();
    return new Summary(
        mean,
        (ascending[(n - 1) / 2] + ascending[n / 2]) / 2,
        Math.sqrt(squares / n),
        ascending[0],
        ascending[n - 1]);
  }

  static String header() {
    return String.format(
        "%-24s%-12s%-12s%-12s%-12s%-12s", "", "mean", "median", "std", "min", "max");
  }

  String line(String name) {
    return String.format(
        Locale.ROOT,
        "%-24s%-12.4g%-12.4g%-12.4g%-12.4g%-12.4g",
        name,
        mean,
        median,
        deviation,
        min,
        max);
  }
}
