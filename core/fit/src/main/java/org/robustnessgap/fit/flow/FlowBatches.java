package org.robustnessgap.fit.flow;

import java.util.SplittableRandom;
import org.robustnessgap.fit.training.Batches;
import org.robustnessgap.fit.training.Draws;

/**
 * Rows for {@link FlowMatching}: x = (1 − t) z + t y, features of t, and y − z. The vectors y come
 * in an order that each epoch draws anew; z and t are drawn.
 */
public final class FlowBatches implements Batches {
  private final Vectors vectors;
  private final Vectors others;
  private final int batch;
  private final long seed;
  private final int width;
  private final float[] rows;
  private int[] order = {};
  private long orderedEpoch = -1;

  /**
   * @param vectors to train with, at least one
   * @param heldOut of the same dimension; may be none
   * @param batch rows a step, at least 1; fewer where there are fewer
   * @param seed of order and draws
   */
  public FlowBatches(Vectors vectors, Vectors heldOut, int batch, long seed) {
    this.vectors = vectors;
    this.others = heldOut;
    this.batch = Math.min(batch, vectors.count());
    this.seed = seed;
    this.width = 2 * vectors.dimension() + VelocityField.FEATURES;
    this.rows = new float[Math.multiplyExact(this.batch, width)];
  }

  @Override
  public int stepsOfEpoch() {
    return vectors.count() / batch;
  }

  @Override
  public float[] ofStep(long step) {
    long epoch = step / stepsOfEpoch();
    if (epoch != orderedEpoch) {
      order = Draws.shuffled(vectors.count(), Draws.FLOW_ORDER.of(seed, epoch));
      orderedEpoch = epoch;
    }
    int from = (int) (step % stepsOfEpoch()) * batch;
    SplittableRandom random = Draws.FLOW_NOISE.of(seed, step);
    for (int n = 0; n < batch; n++) {
      row(vectors, order[from + n], random, rows, n * width);
    }
    return rows;
  }

  @Override
  public int heldOut() {
    return (others.count() + batch - 1) / batch;
  }

  /** With the same draws each time, so that epochs can be compared. */
  @Override
  public float[] heldOut(int index) {
    int from = index * batch;
    int count = Math.min(batch, others.count() - from);
    float[] some = new float[count * width];
    SplittableRandom random = Draws.FLOW_HELD_OUT.of(seed, index);
    for (int n = 0; n < count; n++) {
      row(others, from + n, random, some, n * width);
    }
    return some;
  }

  private static void row(Vectors of, int index, SplittableRandom random, float[] into, int at) {
    int d = of.dimension();
    float[] y = new float[d];
    of.draw(index, random, y);
    double t = random.nextDouble();
    float[] features = VelocityField.features(t);
    System.arraycopy(features, 0, into, at + d, features.length);
    for (int k = 0; k < d; k++) {
      double z = random.nextGaussian();
      into[at + k] = (float) ((1 - t) * z + t * y[k]);
      into[at + d + features.length + k] = (float) (y[k] - z);
    }
  }
}
