package org.robustnessgap.worker.attack;

import java.util.Arrays;
import java.util.List;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.worker.engine.Engine;
import org.robustnessgap.worker.engine.Executable;
import org.robustnessgap.worker.engine.Tensor;
import org.robustnessgap.worker.onnx.Differentiator;
import org.robustnessgap.worker.onnx.OnnxModel;

/**
 * A map given by an ONNX model. Feeds the engine bounded batches, so memory does not grow with the
 * number of rows.
 */
public final class OnnxMap implements DifferentiableMap, AutoCloseable {
  private static final int BATCH = 64;

  private final Executable forward;
  private final Executable gradient;
  private final long[] inputShape;
  private final long[] outputShape;
  private final int batch;

  /**
   * @param batch most rows in one run of the engine
   */
  OnnxMap(OnnxModel model, Engine engine, int batch) {
    this.batch = batch;
    // Refuses a model that states no shape.
    OnnxModel differentiated = Differentiator.differentiate(model, engine);
    this.inputShape = model.input().shape().stream().mapToLong(Long::longValue).toArray();
    inputShape[0] = 1;
    this.forward = engine.load(model);
    try {
      this.outputShape = outputShape(model, forward, inputShape);
      this.gradient = engine.load(differentiated);
    } catch (RuntimeException e) {
      forward.close();
      throw e;
    }
  }

  /**
   * Differentiates the model and makes it ready to run.
   *
   * @throws InvalidInputException if it cannot be differentiated or does not keep the batch first
   */
  public static OnnxMap open(OnnxModel model, Engine engine) {
    return new OnnxMap(model, engine, BATCH);
  }

  /** One run of one row tells the size of the output, which the file need not state. */
  private static long[] outputShape(OnnxModel model, Executable forward, long[] inputShape) {
    Tensor row = new Tensor(new float[product(inputShape)], inputShape.clone());
    long[] shape = forward.run(row).get(0).shape();
    if (shape.length < 2 || shape[0] != 1) {
      throw new InvalidInputException(
          String.format(
              "%s turns one row into an output of shape %s; export it with the batch first, [n, …].",
              model.name(), Arrays.toString(shape)));
    }
    return shape;
  }

  private static int product(long[] shape) {
    long size = 1;
    for (long dimension : shape) {
      size *= dimension;
    }
    return Math.toIntExact(size);
  }

  /** Whether a row of the output is a vector: [n, K], or that with further axes of size 1. */
  boolean yieldsVectors() {
    return Arrays.stream(outputShape).skip(2).allMatch(dimension -> dimension == 1);
  }

  @Override
  public int inputSize() {
    return product(inputShape);
  }

  @Override
  public int outputSize() {
    return product(outputShape);
  }

  @Override
  public Rows apply(Rows points) {
    float[] values = new float[points.count() * outputSize()];
    for (int from = 0; from < points.count(); from += batch) {
      int to = Math.min(from + batch, points.count());
      Tensor output = run(forward, tensor(points.slice(from, to), inputShape)).get(0);
      System.arraycopy(output.values(), 0, values, from * outputSize(), output.values().length);
    }
    return new Rows(values, outputSize());
  }

  @Override
  public Product vjp(Rows points, Rows cotangents) {
    float[] values = new float[points.count() * outputSize()];
    float[] gradients = new float[points.count() * inputSize()];
    for (int from = 0; from < points.count(); from += batch) {
      int to = Math.min(from + batch, points.count());
      List<Tensor> outputs =
          run(
              gradient,
              tensor(points.slice(from, to), inputShape),
              tensor(cotangents.slice(from, to), outputShape));
      System.arraycopy(
          outputs.get(0).values(), 0, values, from * outputSize(), (to - from) * outputSize());
      System.arraycopy(
          outputs.get(1).values(), 0, gradients, from * inputSize(), (to - from) * inputSize());
    }
    return new Product(new Rows(values, outputSize()), new Rows(gradients, inputSize()));
  }

  private static List<Tensor> run(Executable executable, Tensor... inputs) {
    // A service that stops interrupts its worker; between two runs is the moment to notice.
    if (Thread.currentThread().isInterrupted()) {
      throw new AttackCancelledException();
    }
    return executable.run(inputs);
  }

  private static Tensor tensor(Rows rows, long[] shape) {
    long[] batched = shape.clone();
    batched[0] = rows.count();
    return new Tensor(rows.values(), batched);
  }

  @Override
  public void close() {
    forward.close();
    gradient.close();
  }
}
