package org.robustnessgap.aggregator.service;

import java.util.function.UnaryOperator;

/** Hands what was committed from the thread that folds to those that show. */
final class LatestSnapshot {
  private volatile Snapshot snapshot = Snapshot.EMPTY;

  Snapshot get() {
    return snapshot;
  }

  /** Called by the folding thread only. */
  void update(UnaryOperator<Snapshot> change) {
    snapshot = change.apply(snapshot);
  }
}
