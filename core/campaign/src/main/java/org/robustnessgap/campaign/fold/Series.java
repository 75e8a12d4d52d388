package org.robustnessgap.campaign.fold;

import org.jspecify.annotations.Nullable;

/** Takes the values of metrics. */
public interface Series {
  /**
   * @param labelValues in the order of the metric's labels
   */
  void add(Metric metric, double value, String... labelValues);

  /** Nothing where the value is unknown (null). */
  default void addKnown(Metric metric, @Nullable Double value, String... labelValues) {
    if (value != null) {
      add(metric, value, labelValues);
    }
  }
}
