package org.robustnessgap.fit.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.onnx.adjoint.Differentiator;
import org.robustnessgap.onnx.graph.OnnxModel;

/** The loss of a batch, and its gradient with respect to the weights, run on an engine. */
public final class LossGradient implements AutoCloseable {
  private final int width;
  private final List<long[]> shapes;
  private final Executable gradient;
  private final Executable loss;

  /** Where gradients are written, each time anew. */
  private final List<Tensor> gradients;

  /**
   * The mean loss of a batch.
   *
   * @param gradients of it, as the weights come; valid until the next run
   */
  record Result(double loss, List<float[]> gradients) {}

  private LossGradient(int width, List<long[]> shapes, Executable gradient, Executable loss) {
    this.width = width;
    this.shapes = shapes;
    this.gradient = gradient;
    this.loss = loss;
    this.gradients =
        shapes.stream().map(shape -> new Tensor(new float[size(shape)], shape)).toList();
  }

  private static int size(long[] shape) {
    return Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
  }

  /** Differentiates and loads. */
  static LossGradient open(Trainable trainable, Engine engine) {
    OnnxModel whole = Differentiator.differentiate(trainable.model(), trainable.weights(), engine);
    List<OnnxModel.Value> outputs = new ArrayList<>(whole.outputs());
    // Nobody asks how images should change, and it would take another product.
    outputs.remove(1);
    long width = trainable.model().input().statedShape().get(1);
    return new LossGradient(
        Math.toIntExact(width),
        trainable.shapes(),
        engine.load(whole.withOutputs(outputs).pruned()),
        engine.load(whole.withOutputs(outputs.subList(0, 1)).pruned()));
  }

  /**
   * @param rows [count, width], images and noise
   */
  Result run(float[] rows, List<float[]> weights) {
    List<Tensor> outputs = gradient.run(inputs(rows, weights));
    return new Result(mean(outputs.get(0)), outputs.stream().skip(1).map(Tensor::values).toList());
  }

  /** How many rows these are. */
  int count(float[] rows) {
    return rows.length / width;
  }

  /** The loss alone. */
  double loss(float[] rows, List<float[]> weights) {
    return mean(loss.run(inputs(rows, weights)).get(0));
  }

  private Tensor[] inputs(float[] rows, List<float[]> weights) {
    int count = count(rows);
    float[] shares = new float[count];
    Arrays.fill(shares, 1f / count);
    Tensor[] inputs = new Tensor[2 + shapes.size()];
    inputs[0] = new Tensor(rows, new long[] {count, width});
    inputs[1] = new Tensor(shares, new long[] {count, 1});
    for (int w = 0; w < shapes.size(); w++) {
      inputs[2 + w] = new Tensor(weights.get(w), shapes.get(w));
    }
    return inputs;
  }

  private static double mean(Tensor losses) {
    double sum = 0;
    for (float loss : losses.values()) {
      sum += loss;
    }
    return sum / losses.values().length;
  }

  @Override
  public void close() {
    gradient.close();
    loss.close();
  }
}
