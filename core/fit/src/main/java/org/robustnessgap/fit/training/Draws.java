package org.robustnessgap.fit.training;

import java.util.SplittableRandom;

/** What is drawn at random in a training: of one seed, and of a place, so that none is skipped. */
public enum Draws {
  ORDER,
  NOISE,
  HELD_OUT_NOISE,
  LATENTS,
  FLOW_ORDER,
  FLOW_NOISE,
  FLOW_HELD_OUT;

  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  /** The draws of one epoch or step. */
  public SplittableRandom of(long seed, long index) {
    return new SplittableRandom(mixed(mixed(seed + GOLDEN * (ordinal() + 1)) + index));
  }

  /** The finalizer of MurmurHash3: neighbours become strangers. */
  private static long mixed(long value) {
    long x = value;
    x = (x ^ x >>> 33) * 0xff51afd7ed558ccdL;
    x = (x ^ x >>> 33) * 0xc4ceb9fe1a85ec53L;
    return x ^ x >>> 33;
  }

  /** 0, …, count − 1 in an order that is drawn (Fisher, Yates). */
  public static int[] shuffled(int count, SplittableRandom random) {
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }
}
