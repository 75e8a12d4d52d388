package org.robustnessgap.attack.map;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.EngineSettings;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.messages.InternalApi;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.StableApi;
import org.robustnessgap.onnx.ClassifierModel;
import org.robustnessgap.onnx.ModelImport;
import org.robustnessgap.onnx.adjoint.Differentiator;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.RowReshapes;
import org.robustnessgap.onnx.graph.ValueShapes;

/**
 * A map given by an ONNX model. Feeds the engine bounded batches, so memory does not grow with the
 * number of rows.
 */
@StableApi
public final class OnnxMap implements DifferentiableMap, AutoCloseable {
  /** More rows at once speed up no device. */
  private static final int LARGEST_BATCH = 4096;

  /** How far rounding may move an answer by the other rows' company, relative to the largest. */
  private static final double MIXING = 0.05;

  /** The logarithm of the smallest positive float32, rounded down: of 0 it stands for −∞. */
  private static final float LEAST_LOGARITHM = -104;

  private final Batches forward;

  /** Null where the map answers by its values. */
  private final @Nullable Batches answer;

  private final Batches gradient;
  private final long[] inputShape;
  private final long[] outputShape;

  /** Null where it is its owner's to close. */
  private final @Nullable Engine ownEngine;

  /**
   * Reads an ONNX file and differentiates it, on ONNX Runtime on the CPU.
   *
   * @throws InvalidInputException if it cannot be read or differentiated, or does not keep the
   *     batch first, with the remedy
   */
  public static OnnxMap open(Path file) {
    Engine engine = EngineSettings.standard().open();
    try {
      OnnxModel model = ModelImport.read(file, engine);
      return new OnnxMap(ClassifierModel.ofScores(model), engine, LARGEST_BATCH, engine);
    } catch (RuntimeException e) {
      engine.close();
      throw e;
    }
  }

  /**
   * Differentiates the model and makes it ready to run, in batches of the size that suits the
   * engine.
   *
   * @throws InvalidInputException if it cannot be differentiated or does not keep the batch first
   */
  public static OnnxMap open(OnnxModel model, Engine engine) {
    return new OnnxMap(model, engine, LARGEST_BATCH);
  }

  /**
   * The same of a classifier that may not answer by its scores.
   *
   * @throws InvalidInputException also if it answers with another number of classes
   */
  public static OnnxMap open(ClassifierModel classifier, Engine engine) {
    return new OnnxMap(classifier, engine, LARGEST_BATCH, null);
  }

  /**
   * @param largestBatch most rows in one run of the engine
   */
  OnnxMap(OnnxModel model, Engine engine, int largestBatch) {
    this(ClassifierModel.ofScores(model), engine, largestBatch, null);
  }

  private OnnxMap(
      ClassifierModel classifier, Engine engine, int largestBatch, @Nullable Engine ownEngine) {
    this.ownEngine = ownEngine;
    OnnxModel model = classifier.scores();
    // Refuses a model that states no shape.
    OnnxModel differentiated = Differentiator.differentiate(model, engine);
    this.inputShape = model.input().statedShape().stream().mapToLong(Long::longValue).toArray();
    inputShape[0] = 1;
    ValueShapes shapes = ValueShapes.of(model, engine);
    long rowBytes = shapes.rowBytes();
    this.forward = batches(RowReshapes.kept(model, shapes), engine, largestBatch, rowBytes);
    try {
      this.outputShape = outputShape(model, forward.executable(), inputShape);
      requireRowsApart(model, forward.executable(), inputShape);
      this.answer =
          classifier.answersOtherwise()
              ? batches(
                  RowReshapes.kept(classifier.answer(), shapes), engine, largestBatch, rowBytes)
              : null;
      // Every value has a gradient of its size.
      this.gradient = batches(differentiated, engine, largestBatch, 2 * rowBytes);
    } catch (RuntimeException e) {
      forward.close();
      throw e;
    }
  }

  private static Batches batches(OnnxModel model, Engine engine, int largest, long rowBytes) {
    long fitting = engine.batchBytes() / Math.max(1, rowBytes);
    int size = (int) Math.max(1, Math.min(fitting, largest));
    return new Batches(model.name(), engine.load(model), size, rowBytes);
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

  /** Of two random rows each is answered as if the other were not there. */
  private static void requireRowsApart(OnnxModel model, Executable forward, long[] inputShape) {
    SplittableRandom random = new SplittableRandom(1);
    int width = product(inputShape);
    float[] both = new float[2 * width];
    for (int i = 0; i < both.length; i++) {
      both[i] = (float) random.nextDouble();
    }
    long[] shape = inputShape.clone();
    shape[0] = 2;
    float[] together = forward.run(new Tensor(both, shape)).get(0).values();
    float[] alone = new float[together.length];
    for (int i = 0; i < 2; i++) {
      float[] row = Arrays.copyOfRange(both, i * width, (i + 1) * width);
      float[] answer = forward.run(new Tensor(row, inputShape.clone())).get(0).values();
      if (2 * answer.length != together.length) {
        return;
      }
      System.arraycopy(answer, 0, alone, i * answer.length, answer.length);
    }
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < alone.length; i++) {
      largest = Math.max(largest, Math.abs(alone[i]));
      difference = Math.max(difference, Math.abs((double) alone[i] - together[i]));
    }
    if (Double.isFinite(largest) && difference > MIXING * largest) {
      throw new InvalidInputException(
          String.format(
              "%s answers otherwise for an image alone than beside another, so it mixes the images of a batch; export it in eval mode, with what normalises or reduces along the axes of one image.",
              model.name()));
    }
  }

  private static int product(long[] shape) {
    long size = 1;
    for (long dimension : shape) {
      size *= dimension;
    }
    return Math.toIntExact(size);
  }

  /** Whether a row of the output is a vector: [n, K], or that with further axes of size 1. */
  @InternalApi
  public boolean yieldsVectors() {
    return Arrays.stream(outputShape).skip(1).filter(dimension -> dimension != 1).count() <= 1;
  }

  /** The shape of one row of the output. */
  @InternalApi
  public List<Long> rowShape() {
    return Arrays.stream(outputShape).skip(1).boxed().toList();
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
    return forward.run(List.of(inputShape), List.of(points), outputSize()).get(0);
  }

  @Override
  public Rows answer(Rows points) {
    return answer == null
        ? apply(points)
        : withoutNothing(answer.run(List.of(inputShape), List.of(points), outputSize()).get(0));
  }

  /** A class of probability 0, of which a logarithm is answered, is one that loses, no failure. */
  private static Rows withoutNothing(Rows answers) {
    float[] values = answers.values().clone();
    for (int from = 0; from < values.length; from += answers.width()) {
      float least = LEAST_LOGARITHM;
      for (int i = from; i < from + answers.width(); i++) {
        least = Float.isFinite(values[i]) ? Math.min(least, values[i]) : least;
      }
      for (int i = from; i < from + answers.width(); i++) {
        values[i] = values[i] == Float.NEGATIVE_INFINITY ? least : values[i];
      }
    }
    return new Rows(values, answers.width());
  }

  @Override
  public boolean answersOtherwise() {
    return answer != null;
  }

  @Override
  public Product vjp(Rows points, Rows cotangents) {
    List<Rows> outputs =
        gradient.run(
            List.of(inputShape, outputShape),
            List.of(points, cotangents),
            outputSize(),
            inputSize());
    return new Product(outputs.get(0), outputs.get(1));
  }

  @Override
  public void close() {
    forward.close();
    gradient.close();
    if (answer != null) {
      answer.close();
    }
    if (ownEngine != null) {
      ownEngine.close();
    }
  }
}
