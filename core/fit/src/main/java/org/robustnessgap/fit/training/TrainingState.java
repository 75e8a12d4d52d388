package org.robustnessgap.fit.training;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Where a training is: all that its further steps depend on. Used by one thread at a time. */
public final class TrainingState {
  /**
   * Mean losses of one epoch.
   *
   * @param fitted of the images it was trained with, while they were
   * @param heldOut of the others, after it; NaN if there are none
   */
  public record Epoch(double fitted, double heldOut) {}

  private final List<float[]> weights;
  private final Adam.State descent;
  private final List<Epoch> epochs;
  private long step;
  private double lossSum;

  private TrainingState(
      List<float[]> weights, Adam.State descent, List<Epoch> epochs, long step, double lossSum) {
    this.weights = weights;
    this.descent = descent;
    this.epochs = epochs;
    this.step = step;
    this.lossSum = lossSum;
  }

  /** Before the first step. */
  static TrainingState start(List<float[]> weights, Adam adam) {
    return new TrainingState(weights, adam.start(weights), new ArrayList<>(), 0, 0);
  }

  /** As it was written. */
  static TrainingState read(DataInput in, List<float[]> weights, Adam adam) throws IOException {
    long step = in.readLong();
    double lossSum = in.readDouble();
    int count = in.readInt();
    List<Epoch> epochs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      epochs.add(new Epoch(in.readDouble(), in.readDouble()));
    }
    Floats.read(in, weights);
    return new TrainingState(weights, adam.read(in, weights), epochs, step, lossSum);
  }

  void write(DataOutput out) throws IOException {
    out.writeLong(step);
    out.writeDouble(lossSum);
    out.writeInt(epochs.size());
    for (Epoch epoch : epochs) {
      out.writeDouble(epoch.fitted());
      out.writeDouble(epoch.heldOut());
    }
    Floats.write(out, weights);
    descent.write(out);
  }

  /** Steps that were taken. */
  public long step() {
    return step;
  }

  /** Epochs that are complete. */
  public List<Epoch> epochs() {
    return Collections.unmodifiableList(epochs);
  }

  /** In the order of the trainable's names; not to be written to. */
  public List<float[]> weights() {
    return weights;
  }

  void stepped(LossGradient.Result result, double share) {
    descent.step(weights, result.gradients(), share);
    lossSum += result.loss();
    step++;
  }

  void epochEnded(int steps, double heldOut) {
    epochs.add(new Epoch(lossSum / steps, heldOut));
    lossSum = 0;
  }
}
