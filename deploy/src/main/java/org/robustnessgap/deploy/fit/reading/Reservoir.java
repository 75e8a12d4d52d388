package org.robustnessgap.deploy.fit.reading;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Some of many images, each as likely as every other (Waterman's algorithm R). */
public final class Reservoir {
  private final int most;
  private final SplittableRandom random;
  private final List<float[]> kept = new ArrayList<>();
  private long seen;

  public Reservoir(int most, long seed) {
    this.most = most;
    this.random = new SplittableRandom(seed);
  }

  public void offer(float[] image) {
    seen++;
    if (kept.size() < most) {
      kept.add(image.clone());
      return;
    }
    long place = random.nextLong(seen);
    if (place < most) {
      kept.set((int) place, image.clone());
    }
  }

  public int size() {
    return kept.size();
  }

  /** So many of them. */
  public float[][] first(int count) {
    return kept.subList(0, count).toArray(float[][]::new);
  }
}
