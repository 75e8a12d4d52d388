package org.robustnessgap.campaign.fold;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.robustnessgap.messages.Topic;

/**
 * Records that could not be read as what their topic holds.
 *
 * @param unreadable how many the aggregator met, by name of the topic
 * @param recent the last few dead letters of any service
 */
public record Refusals(SortedMap<String, Long> unreadable, Failure.Recent recent) {
  static final Refusals NONE = new Refusals(Collections.emptySortedMap(), Failure.Recent.NONE);

  public Refusals {
    SortedMap<String, Long> copy = new TreeMap<>();
    unreadable.forEach((topic, count) -> copy.merge(nameOf(topic), count, Long::sum));
    unreadable = Collections.unmodifiableSortedMap(copy);
  }

  /** States of older versions wrote LATENT_SAMPLES for latent-samples. */
  private static String nameOf(String topic) {
    return topic.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The last few dead letters, newest first. */
  public List<Failure> recentFailures() {
    return recent.failures();
  }

  Refusals unreadable(Topic topic) {
    SortedMap<String, Long> more = new TreeMap<>(unreadable);
    more.merge(topic.topicName(), 1L, Long::sum);
    return new Refusals(more, recent);
  }

  Refusals with(Failure failure) {
    return new Refusals(unreadable, recent.plus(failure));
  }
}
