package org.robustnessgap.fit.training;

import java.util.SplittableRandom;
import org.robustnessgap.messages.InvalidInputException;

/**
 * Images in an order that each epoch draws anew, and behind each draws from N(0, 1). Images that
 * fill no batch wait for the next epoch.
 */
public final class ImageBatches implements Batches {
  private final StoredImages images;
  private final StoredImages others;
  private final int noise;
  private final int batch;
  private final long seed;
  private final float[] rows;
  private int[] order = {};
  private long orderedEpoch = -1;

  /**
   * @param images to train with, at least one
   * @param heldOut of the same size; may be empty
   * @param noise draws behind each image, at least 0
   * @param batch images a step, at least 1; fewer where there are fewer
   * @param seed of order and draws
   */
  public ImageBatches(StoredImages images, StoredImages heldOut, int noise, int batch, long seed) {
    if (images.count() == 0) {
      throw new InvalidInputException("There is no image to train with; give some.");
    }
    this.images = images;
    this.others = heldOut;
    this.noise = noise;
    this.batch = Math.min(batch, images.count());
    this.seed = seed;
    this.rows = new float[Math.multiplyExact(this.batch, width())];
  }

  private int width() {
    return images.size() + noise;
  }

  @Override
  public int stepsOfEpoch() {
    return images.count() / batch;
  }

  @Override
  public float[] ofStep(long step) {
    long epoch = step / stepsOfEpoch();
    if (epoch != orderedEpoch) {
      order = Draws.shuffled(images.count(), Draws.ORDER.of(seed, epoch));
      orderedEpoch = epoch;
    }
    int from = (int) (step % stepsOfEpoch()) * batch;
    for (int n = 0; n < batch; n++) {
      images.copy(order[from + n], rows, n * width());
    }
    drawNoise(rows, Draws.NOISE.of(seed, step));
    return rows;
  }

  @Override
  public int heldOut() {
    return (others.count() + batch - 1) / batch;
  }

  /** With the same noise each time, so that epochs can be compared. */
  @Override
  public float[] heldOut(int index) {
    int from = index * batch;
    int count = Math.min(batch, others.count() - from);
    float[] some = new float[count * width()];
    for (int n = 0; n < count; n++) {
      others.copy(from + n, some, n * width());
    }
    drawNoise(some, Draws.HELD_OUT_NOISE.of(seed, index));
    return some;
  }

  private void drawNoise(float[] into, SplittableRandom random) {
    for (int start = images.size(); start < into.length; start += width()) {
      for (int k = 0; k < noise; k++) {
        into[start + k] = (float) random.nextGaussian();
      }
    }
  }
}
