package org.robustnessgap.campaign.fold;

import java.util.List;

/**
 * A metric by its name in a scrape.
 *
 * @param name ends in {@code _total} if it is a counter
 * @param help one sentence for people
 * @param labels names of its labels, in the order of their values
 */
public record Metric(Type type, String name, String help, List<String> labels) {
  /** Whether it may fall. */
  public enum Type {
    COUNTER,
    GAUGE
  }

  public Metric {
    labels = List.copyOf(labels);
  }

  public static Metric counter(String name, String help, String... labels) {
    return new Metric(Type.COUNTER, name, help, List.of(labels));
  }

  public static Metric gauge(String name, String help, String... labels) {
    return new Metric(Type.GAUGE, name, help, List.of(labels));
  }
}
