package org.robustnessgap.fit.training;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.function.Consumer;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.messages.InvalidInputException;

/**
 * Finds the weights of a network by Adam. A step depends on the state and on its batch alone, so a
 * training that goes on from a written state ends with the same weights, bit for bit, on an engine
 * that computes the same each time.
 */
public final class Training implements AutoCloseable {
  private final Trainable trainable;
  private final Batches batches;
  private final TrainingPlan plan;
  private final Adam adam;
  private final LossGradient gradient;

  private Training(Trainable trainable, Batches batches, TrainingPlan plan, LossGradient gradient) {
    this.trainable = trainable;
    this.batches = batches;
    this.plan = plan;
    this.adam = Adam.of(plan.rate());
    this.gradient = gradient;
  }

  /**
   * Makes ready.
   *
   * @param batches of rows as the trainable takes them
   * @param engine runs the network while the training is open
   */
  public static Training open(
      Trainable trainable, Batches batches, TrainingPlan plan, Engine engine) {
    return new Training(trainable, batches, plan, LossGradient.open(trainable, engine));
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
    return (long) plan.epochs() * batches.stepsOfEpoch();
  }

  /**
   * Takes the steps that are left.
   *
   * @param after is called after each step, and may write the state or end all by an exception
   * @throws InvalidInputException if the loss is no finite number
   */
  public void run(TrainingState state, Consumer<TrainingState> after) {
    while (state.step() < steps()) {
      LossGradient.Result result = gradient.run(batches.ofStep(state.step()), state.weights());
      requireFinite(result.loss(), state.step());
      state.stepped(result, plan.share(state.step(), steps()));
      if (state.step() % batches.stepsOfEpoch() == 0) {
        state.epochEnded(batches.stepsOfEpoch(), heldOutLoss(state));
      }
      after.accept(state);
    }
  }

  private static void requireFinite(double loss, long step) {
    if (!Double.isFinite(loss)) {
      throw new InvalidInputException(
          String.format(
              "The loss is %s after %d steps; give a smaller learning rate.", loss, step));
    }
  }

  /** NaN where nothing is held out. */
  private double heldOutLoss(TrainingState state) {
    double sum = 0;
    int rows = 0;
    for (int index = 0; index < batches.heldOut(); index++) {
      float[] batch = batches.heldOut(index);
      int count = gradient.count(batch);
      sum += count * gradient.loss(batch, state.weights());
      rows += count;
    }
    return sum / rows;
  }

  @Override
  public void close() {
    gradient.close();
  }
}
