package org.robustnessgap.aggregator.service;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.robustnessgap.campaign.fold.Gaps;
import org.robustnessgap.campaign.fold.State;
import org.robustnessgap.messages.PairId;
import org.robustnessgap.messages.RobustnessGap;
import org.robustnessgap.messages.StreamId;
import org.robustnessgap.messages.TransferGap;

/**
 * What metrics and page show: one committed state, so that their numbers agree with each other.
 *
 * @param gaps the figures shown, by stream
 * @param transfers the figures shown, by pair of classifiers
 * @param lag records not yet read, by topic
 */
record Snapshot(
    State state,
    Map<StreamId, RobustnessGap> gaps,
    Map<PairId, TransferGap> transfers,
    Map<String, Long> lag) {
  static final Snapshot EMPTY = new Snapshot(State.empty(), Map.of(), Map.of(), Map.of());

  Snapshot {
    lag = Map.copyOf(lag);
  }

  /** The figures of this state; those of what did not change are taken from here. */
  Snapshot with(State next) {
    Map<StreamId, RobustnessGap> figures = new TreeMap<>();
    next.streams()
        .forEach(
            (id, stream) -> {
              if (stream == state.streams().get(id) && gaps.containsKey(id)) {
                figures.put(id, gaps.get(id));
              } else {
                next.gap(id).ifPresent(gap -> figures.put(id, gap));
              }
            });
    Map<PairId, TransferGap> shared = new TreeMap<>();
    next.pairs()
        .forEach(
            (id, pair) ->
                shared.put(
                    id, pair == state.pairs().get(id) ? transfers.get(id) : Gaps.of(id, pair)));
    return new Snapshot(
        next, Collections.unmodifiableMap(figures), Collections.unmodifiableMap(shared), lag);
  }

  Snapshot withLag(Map<String, Long> newer) {
    return newer.equals(lag) ? this : new Snapshot(state, gaps, transfers, newer);
  }
}
