package org.robustnessgap.fit.training;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.messages.InvalidInputException;

/**
 * Finds the weights of a network by Adam on batches of images. Each draw depends on the seed and
 * its place alone, so a training that goes on from a written state ends with the same weights, bit
 * for bit, on an engine that computes the same each time.
 */
public final class Training implements AutoCloseable {
  private final Trainable trainable;
  private final StoredImages images;
  private final StoredImages heldOut;
  private final TrainingPlan plan;
  private final Adam adam;
  private final LossGradient gradient;
  private final int batch;

  private Training(
      Trainable trainable,
      StoredImages images,
      StoredImages heldOut,
      TrainingPlan plan,
      LossGradient gradient) {
    this.trainable = trainable;
    this.images = images;
    this.heldOut = heldOut;
    this.plan = plan;
    this.adam = Adam.of(plan.rate());
    this.gradient = gradient;
    this.batch = Math.min(plan.batch(), images.count());
  }

  /**
   * Makes ready.
   *
   * @param images to train with, at least one
   * @param heldOut whose loss is only told; may be empty
   * @param engine runs the network while the training is open
   */
  public static Training open(
      Trainable trainable,
      StoredImages images,
      StoredImages heldOut,
      TrainingPlan plan,
      Engine engine) {
    if (images.count() == 0) {
      throw new InvalidInputException("There is no image to train with; give some.");
    }
    return new Training(trainable, images, heldOut, plan, LossGradient.open(trainable, engine));
  }

  /** Before the first step. */
  public TrainingState start() {
    return TrainingState.start(trainable.start(), adam);
  }

  /** All that the further steps depend on, but for what this training was opened with. */
  public void write(TrainingState state, DataOutput out) throws IOException {
    state.write(out);
  }

  /** A state that a training like this wrote. */
  public TrainingState read(DataInput in) throws IOException {
    return TrainingState.read(in, trainable.start(), adam);
  }

  /** All steps of this training. */
  public long steps() {
    return plan.steps(images.count());
  }

  /**
   * Takes the steps that are left.
   *
   * @param after is called after each step, and may write the state or end all by an exception
   * @throws InvalidInputException if the loss is no finite number
   */
  public void run(TrainingState state, Consumer<TrainingState> after) {
    int epochSteps = plan.stepsOfEpoch(images.count());
    long steps = steps();
    float[] rows = new float[Math.multiplyExact(batch, width())];
    while (state.step() < steps) {
      long epoch = state.step() / epochSteps;
      int[] order = Draws.shuffled(images.count(), Draws.ORDER.of(plan.seed(), epoch));
      for (int i = (int) (state.step() % epochSteps); i < epochSteps; i++) {
        fill(rows, order, i);
        noise(rows, Draws.NOISE.of(plan.seed(), state.step()));
        LossGradient.Result result = gradient.run(rows, state.weights());
        requireFinite(result.loss(), state.step());
        state.stepped(result, plan.share(state.step(), steps));
        if (i == epochSteps - 1) {
          state.epochEnded(epochSteps, heldOutLoss(state));
        }
        after.accept(state);
      }
    }
  }

  private int width() {
    return images.size() + trainable.noise();
  }

  private void fill(float[] rows, int[] order, int step) {
    for (int n = 0; n < batch; n++) {
      images.copy(order[step * batch + n], rows, n * width());
    }
  }

  private void noise(float[] rows, SplittableRandom random) {
    for (int start = images.size(); start < rows.length; start += width()) {
      for (int k = 0; k < trainable.noise(); k++) {
        rows[start + k] = (float) random.nextGaussian();
      }
    }
  }

  private static void requireFinite(double loss, long step) {
    if (!Double.isFinite(loss)) {
      throw new InvalidInputException(
          String.format(
              "The loss is %s after %d steps; give a smaller learning rate.", loss, step));
    }
  }

  /** With the same noise each time, so that epochs can be compared. */
  private double heldOutLoss(TrainingState state) {
    SplittableRandom random = Draws.HELD_OUT_NOISE.of(plan.seed(), 0);
    double sum = 0;
    for (int from = 0; from < heldOut.count(); from += batch) {
      int count = Math.min(batch, heldOut.count() - from);
      float[] rows = new float[count * width()];
      for (int n = 0; n < count; n++) {
        heldOut.copy(from + n, rows, n * width());
      }
      noise(rows, random);
      sum += count * gradient.loss(rows, state.weights());
    }
    return sum / heldOut.count();
  }

  @Override
  public void close() {
    gradient.close();
  }
}
