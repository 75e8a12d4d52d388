package org.robustnessgap.traffic;

import java.util.ArrayList;
import java.util.List;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;
import org.robustnessgap.messages.InvalidInputException;

/**
 * Draws k of an unknown number of things without replacement: whenever asked, every k of those seen
 * are held with the same probability (Vitter 1985, "Random sampling with a reservoir", algorithm
 * R). The same things in the same order with the same seed give the same draw. Not thread-safe.
 *
 * @param <T> what is drawn
 */
public final class Reservoir<T> {
  private final int size;
  private final UniformRandomProvider random;
  private final List<T> held;
  private long seen;

  /**
   * @param size k, at least 1
   * @throws InvalidInputException if k is less
   */
  public Reservoir(int size, long seed) {
    if (size < 1) {
      throw new InvalidInputException("A draw of " + size + " has nothing; draw at least 1.");
    }
    this.size = size;
    this.random = RandomSource.XO_RO_SHI_RO_128_PP.create(seed);
    this.held = new ArrayList<>();
  }

  /** One more. */
  public void add(T thing) {
    seen++;
    if (held.size() < size) {
      held.add(thing);
      return;
    }
    long place = random.nextLong(seen);
    if (place < size) {
      held.set((int) place, thing);
    }
  }

  /** How many were added. */
  public long seen() {
    return seen;
  }

  /** What is drawn: all while there are no more than k, else k of them, in no order. */
  public List<T> drawn() {
    return List.copyOf(held);
  }
}
