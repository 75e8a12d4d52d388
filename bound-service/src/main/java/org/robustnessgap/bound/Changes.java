package org.robustnessgap.bound;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What changed since it was published, and when that was. Not thread-safe.
 *
 * @param <K> what limits are published for
 */
final class Changes<K> {
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final Set<K> changed = new LinkedHashSet<>();
  private final Map<K, Instant> published = new HashMap<>();

  void add(K key) {
    changed.add(key);
  }

  void addAll(Collection<K> keys) {
    changed.addAll(keys);
  }

  /**
   * Takes what changed and was not published within the last second; it counts as published now.
   *
   * @param known whether a key can be published; one that cannot is forgotten until it is added
   *     again
   */
  List<K> due(Instant now, Predicate<K> known) {
    List<K> due =
        changed.stream()
            .filter(
                key -> {
                  Instant last = published.get(key);
                  return last == null || !now.isBefore(last.plus(INTERVAL));
                })
            .toList();
    due.forEach(changed::remove);
    List<K> publishable = new ArrayList<>(due);
    publishable.removeIf(known.negate());
    publishable.forEach(key -> published.put(key, now));
    return publishable;
  }
}
