package org.robustnessgap.campaign.diagnostic;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.Space;

/** The numbers of one sample, each about perturbations of one space. Not thread-safe. */
public final class SampleValues {
  private final Map<Space, Map<String, Double>> bySpace = new EnumMap<>(Space.class);

  /**
   * Adds a number.
   *
   * @param value unknown if null or not finite, and then left out
   */
  public SampleValues with(Space space, String name, @Nullable Double value) {
    if (value != null && Double.isFinite(value)) {
      bySpace.computeIfAbsent(space, any -> new TreeMap<>()).put(name, value);
    }
    return this;
  }

  SampleValues with(SampleValues others) {
    others.bySpace.forEach(
        (space, values) -> values.forEach((name, value) -> with(space, name, value)));
    return this;
  }

  /** By space and name. */
  public Map<Space, Map<String, Double>> bySpace() {
    return Collections.unmodifiableMap(bySpace);
  }
}
