package org.robustnessgap.onnx.graph;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What models of one input compute for rows of random numbers, the same in each run. */
public final class RandomRows {
  /** Largest difference between two outputs, relative to the largest number in them. */
  private static final double TOLERANCE = 1e-3;

  private static final List<DoubleUnaryOperator> RANGES =
      List.of(DoubleUnaryOperator.identity(), number -> 1 + number, number -> 2 * number - 1);

  private final ValueShapes.Probe probe;
  private final long[] row;
  private final float[][] rows;

  /**
   * Rows of which a model computes finite numbers: between 0 and 1, as pixels mostly are; else
   * between 1 and 2 or −1 and 1, for what has a logarithm or an inverse in front.
   *
   * @param batch for how many rows the model is run
   */
  public static RandomRows finite(OnnxModel model, int count, int batch, ValueShapes.Probe probe) {
    List<Long> shape = model.input().statedShape();
    int[] first = IntStream.range(0, batch).toArray();
    return RANGES.stream()
        .map(range -> new RandomRows(shape, count, range, probe))
        .filter(rows -> areFinite(rows.whole(model, first)))
        .findFirst()
        .orElseGet(() -> new RandomRows(shape, count, probe));
  }

  private static boolean areFinite(float[] values) {
    return IntStream.range(0, values.length).allMatch(i -> Float.isFinite(values[i]));
  }

  /** Rows of numbers between 0 and 1. */
  public RandomRows(List<Long> shape, int count, ValueShapes.Probe probe) {
    this(shape, count, DoubleUnaryOperator.identity(), probe);
  }

  /**
   * @param shape of the input; its first size does not matter
   * @param count how many rows there are
   * @param numbers makes each of a number from 0 on, below 1
   */
  public RandomRows(
      List<Long> shape, int count, DoubleUnaryOperator numbers, ValueShapes.Probe probe) {
    this.probe = probe;
    this.row = shape.stream().skip(1).mapToLong(Long::longValue).toArray();
    int width = (int) Arrays.stream(row).reduce(1, (a, b) -> a * b);
    SplittableRandom random = new SplittableRandom(1);
    this.rows = new float[count][width];
    for (float[] values : rows) {
      for (int i = 0; i < width; i++) {
        values[i] = (float) numbers.applyAsDouble(random.nextDouble());
      }
    }
  }

  public int count() {
    return rows.length;
  }

  /** The output of a model for a batch of these rows; empty if it is no tensor of float32. */
  public float[] whole(OnnxModel model, int... batch) {
    TensorProto result = run(model, batch);
    return result == null || result.getDataType() != DataType.FLOAT_VALUE
        ? new float[0]
        : Tensors.values(result);
  }

  /** The same by rows; empty ones if it does not have as many. */
  public float[][] each(OnnxModel model, int... batch) {
    TensorProto result = run(model, batch);
    if (result == null || result.getDimsCount() == 0 || result.getDims(0) != batch.length) {
      return new float[batch.length][0];
    }
    float[] values = Tensors.values(result);
    float[][] results = new float[batch.length][];
    int width = values.length / batch.length;
    Arrays.setAll(results, i -> Arrays.copyOfRange(values, i * width, (i + 1) * width));
    return results;
  }

  private @Nullable TensorProto run(OnnxModel model, int... batch) {
    OnnxModel.Value input = model.input();
    int width = rows[0].length;
    float[] joined = new float[batch.length * width];
    for (int i = 0; i < batch.length; i++) {
      System.arraycopy(rows[batch[i]], 0, joined, i * width, width);
    }
    long[] batched = new long[row.length + 1];
    batched[0] = batch.length;
    System.arraycopy(row, 0, batched, 1, row.length);
    Map<String, TensorProto> initializers = new LinkedHashMap<>(model.initializers());
    initializers.put(input.name(), Tensors.floats(input.name(), joined, batched));
    OnnxModel.Value output = model.outputs().get(0);
    OnnxModel fed =
        new OnnxModel(
            model.name(),
            model.opset(),
            List.of(ConstantFolding.nothing(model)),
            List.of(new OnnxModel.Value(output.name(), DataType.UNDEFINED_VALUE, null)),
            model.nodes(),
            initializers);
    return probe.values(fed, 1).get(output.name());
  }

  /** Whether two outputs are as many finite numbers, alike up to rounding. */
  public static boolean close(float[] a, float[] b) {
    double scale = 0;
    for (float value : a) {
      scale = Math.max(scale, Math.abs(value));
    }
    boolean close = a.length > 0 && a.length == b.length && Double.isFinite(scale);
    for (int i = 0; close && i < a.length; i++) {
      close = Math.abs(a[i] - b[i]) <= TOLERANCE * scale;
    }
    return close;
  }
}
