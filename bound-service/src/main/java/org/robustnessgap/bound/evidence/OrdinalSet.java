package org.robustnessgap.bound.evidence;

import java.util.Map;
import java.util.TreeMap;

/**
 * Which samples were seen, as ranges: samples arrive almost in order, so a campaign that never ends
 * needs no more memory than it has gaps.
 */
final class OrdinalSet {
  /** First ordinal to the one after the last; ranges neither overlap nor touch. */
  private final TreeMap<Long, Long> ranges = new TreeMap<>();

  /** Adds the ordinal; false if it was there. */
  boolean add(long ordinal) {
    Map.Entry<Long, Long> before = ranges.floorEntry(ordinal);
    if (before != null && ordinal < before.getValue()) {
      return false;
    }
    boolean follows = before != null && before.getValue() == ordinal;
    Long joined = ranges.remove(ordinal + 1);
    ranges.put(follows ? before.getKey() : ordinal, joined == null ? ordinal + 1 : joined);
    return true;
  }

  int ranges() {
    return ranges.size();
  }
}
