package org.robustnessgap.campaign.fold;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.robustnessgap.messages.Topic;

/**
 * Records that could not be read as what their topic holds.
 *
 * @param unreadable how many the aggregator met, by topic
 * @param recent the last few dead letters of any service
 */
public record Refusals(Map<Topic, Long> unreadable, Failure.Recent recent) {
  static final Refusals NONE = new Refusals(Map.of(), Failure.Recent.NONE);

  public Refusals {
    EnumMap<Topic, Long> copy = new EnumMap<>(Topic.class);
    copy.putAll(unreadable);
    unreadable = Collections.unmodifiableMap(copy);
  }

  /** The last few dead letters, newest first. */
  public List<Failure> recentFailures() {
    return recent.failures();
  }

  Refusals unreadable(Topic topic) {
    EnumMap<Topic, Long> more = new EnumMap<>(Topic.class);
    more.putAll(unreadable);
    more.merge(topic, 1L, Long::sum);
    return new Refusals(more, recent);
  }

  Refusals with(Failure failure) {
    return new Refusals(unreadable, recent.plus(failure));
  }
}
