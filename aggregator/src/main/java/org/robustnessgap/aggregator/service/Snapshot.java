package org.robustnessgap.aggregator.service;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.robustnessgap.campaign.fold.State;
import org.robustnessgap.messages.Gap;
import org.robustnessgap.messages.Subject;

/**
 * What metrics and page show: one committed state, so that their numbers agree with each other.
 *
 * @param gaps the figures shown, by subject
 * @param lag records not yet read, by topic
 */
record Snapshot(State state, Map<Subject, Gap> gaps, Map<String, Long> lag) {
  static final Snapshot EMPTY = new Snapshot(State.empty(), Map.of(), Map.of());

  Snapshot {
    lag = Map.copyOf(lag);
  }

  /** The figures of this state; those of what did not change are taken from here. */
  Snapshot with(State next) {
    Map<Subject, Gap> figures = new TreeMap<>();
    next.subjects()
        .forEach(
            (subject, known) -> {
              if (known == state.subjects().get(subject) && gaps.containsKey(subject)) {
                figures.put(subject, gaps.get(subject));
              } else {
                known.gap(subject).ifPresent(gap -> figures.put(subject, gap));
              }
            });
    return new Snapshot(next, Collections.unmodifiableMap(figures), lag);
  }

  Snapshot withLag(Map<String, Long> newer) {
    return newer.equals(lag) ? this : new Snapshot(state, gaps, newer);
  }
}
