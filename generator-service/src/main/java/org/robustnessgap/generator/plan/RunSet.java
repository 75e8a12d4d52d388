package org.robustnessgap.generator.plan;

import java.util.Map;
import java.util.TreeMap;

/**
 * A growing set of numbers that come almost in order, kept as runs of neighbours: its size in
 * memory is the number of gaps, not of members. Not thread-safe.
 */
final class RunSet {
  private final TreeMap<Long, Long> lastByFirst = new TreeMap<>();

  boolean contains(long number) {
    Map.Entry<Long, Long> run = lastByFirst.floorEntry(number);
    return run != null && number <= run.getValue();
  }

  void add(long number) {
    if (contains(number)) {
      return;
    }
    Map.Entry<Long, Long> before = lastByFirst.lowerEntry(number);
    long first = before != null && before.getValue() == number - 1 ? before.getKey() : number;
    Long lastOfNext = lastByFirst.remove(number + 1);
    lastByFirst.put(first, lastOfNext == null ? number : lastOfNext);
  }

  int runs() {
    return lastByFirst.size();
  }
}
