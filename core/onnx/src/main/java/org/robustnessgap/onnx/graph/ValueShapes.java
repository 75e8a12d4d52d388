package org.robustnessgap.onnx.graph;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.StableApi;

/**
 * Element types and shapes of a model's values, learned by running it at two batch sizes: no shape
 * inference of our own can disagree with the runtime's.
 */
public final class ValueShapes {
  /** A dimension that differs between the two runs. */
  public static final long BATCH = -1;

  /** Element types of real numbers. */
  public static final Set<Integer> FLOATING =
      Set.of(
          DataType.FLOAT_VALUE,
          DataType.DOUBLE_VALUE,
          DataType.FLOAT16_VALUE,
          DataType.BFLOAT16_VALUE);

  /** Runs models to learn of their values. */
  @StableApi
  public interface Probe {
    /**
     * @param model every output of which is wanted
     * @param batch size of the first axis of the input
     * @return by name of the output, what came out
     */
    Map<String, Probed> run(OnnxModel model, int batch);

    /**
     * The outputs of a model on an input of zeros.
     *
     * @return by name of the output, what came out; outputs that are no tensors of numbers are
     *     missing
     */
    Map<String, TensorProto> values(OnnxModel model, int batch);
  }

  /**
   * What came out for one value.
   *
   * @param elementType an {@code OnnxMl.TensorProto.DataType} number
   */
  public record Probed(int elementType, List<Long> shape) {
    public Probed {
      shape = List.copyOf(shape);
    }
  }

  public static final int SMALL_BATCH = 2;
  static final int LARGE_BATCH = 3;

  private final OnnxModel model;
  private final Map<String, Probed> small;
  private final Map<String, Probed> large;

  private ValueShapes(OnnxModel model, Map<String, Probed> small, Map<String, Probed> large) {
    this.model = model;
    this.small = small;
    this.large = large;
  }

  /** Learns the types and shapes of every value of a model. */
  public static ValueShapes of(OnnxModel model, Probe probe) {
    try {
      ValueShapes shapes = ofRuns(model, ShapeSkeleton.of(model), probe);
      if (ShapeSkeleton.fits(model, shapes)) {
        return shapes;
      }
    } catch (InvalidInputException e) {
      // The whole model will run, or its own nodes be named in the refusal.
    }
    return ofRuns(model, model.withOutputs(model.computedValues()), probe);
  }

  /** Of a model with a fixed batch, at that batch only. */
  public static ValueShapes ofFixedBatch(OnnxModel model, Probe probe) {
    OnnxModel skeleton = ShapeSkeleton.of(model);
    OnnxModel open = skeleton.withInput(model.input().withOpenBatch());
    Map<String, Probed> run = run(open, Math.toIntExact(model.input().statedShape().get(0)), probe);
    return new ValueShapes(model, run, run);
  }

  /** At the batches that the model allows: one where it has a fixed one, else two. */
  public static ValueShapes ofAllowedBatches(OnnxModel model, Probe probe) {
    return model.input().hasFixedBatch() ? ofFixedBatch(model, probe) : of(model, probe);
  }

  private static ValueShapes ofRuns(OnnxModel model, OnnxModel exposed, Probe probe) {
    return new ValueShapes(
        model, run(exposed, SMALL_BATCH, probe), run(exposed, LARGE_BATCH, probe));
  }

  private static Map<String, Probed> run(OnnxModel exposed, int batch, Probe probe) {
    return exposed.outputs().isEmpty() ? Map.of() : probe.run(exposed, batch);
  }

  /**
   * Bytes that all values a model computes for one row take together.
   *
   * @param probe runs the model, or a skeleton of it
   */
  public static long rowBytes(OnnxModel model, Probe probe) {
    return of(model, probe).rowBytes();
  }

  /** Bytes that all values take together for one row. */
  public long rowBytes() {
    return (bytes(large) - bytes(small)) / (LARGE_BATCH - SMALL_BATCH);
  }

  private static long bytes(Map<String, Probed> values) {
    return Float.BYTES
        * values.values().stream()
            .mapToLong(value -> value.shape().stream().reduce(1L, (a, b) -> a * b))
            .sum();
  }

  /** Whether a value computed by a node holds real numbers, of any precision. */
  public boolean isFloating(String value) {
    return small.containsKey(value) && FLOATING.contains(small.get(value).elementType());
  }

  /** Whether a value is float32; the input is. */
  public boolean isFloat32(String value) {
    return elementType(value) == DataType.FLOAT_VALUE;
  }

  /** An {@code OnnxMl.TensorProto.DataType} number. */
  public int elementType(String value) {
    return small.containsKey(value)
        ? small.get(value).elementType()
        : model.initializers().containsKey(value)
            ? model.initializers().get(value).getDataType()
            : model.input().elementType();
  }

  /** Whether anything is known of a value that is no constant. */
  boolean isKnown(String value) {
    return isComputed(value) || value.equals(model.input().name()) && model.input().shape() != null;
  }

  /** Whether the runtime computed a tensor for this name. */
  public boolean isComputed(String value) {
    return small.containsKey(value);
  }

  /** The dimensions of the input or of a computed value at a batch of {@link #SMALL_BATCH}. */
  public long[] shapeAtSmallBatch(String value) {
    return shapeAt(small, SMALL_BATCH, value);
  }

  /** The dimensions of the input or of a computed value at a batch of {@link #LARGE_BATCH}. */
  long[] shapeAtLargeBatch(String value) {
    return shapeAt(large, LARGE_BATCH, value);
  }

  private long[] shapeAt(Map<String, Probed> run, long batch, String value) {
    if (run.containsKey(value)) {
      return run.get(value).shape().stream().mapToLong(Long::longValue).toArray();
    }
    long[] shape = shape(value);
    if (!model.initializers().containsKey(value) && shape[0] == BATCH) {
      shape[0] = batch;
    }
    return shape;
  }

  /** The dimensions of any value, {@link #BATCH} where they vary with the batch. */
  public long[] shape(String value) {
    if (model.initializers().containsKey(value)) {
      return Tensors.shape(model.initializers().get(value));
    }
    Probed one = small.get(value);
    Probed other = large.get(value);
    if (one == null || other == null) {
      OnnxModel.Value input = model.input();
      if (!input.name().equals(value) || input.shape() == null) {
        throw new InvalidInputException(
            "The shape of " + value + " in " + model.name() + " is unknown.");
      }
      return input.shape().stream().mapToLong(Long::longValue).toArray();
    }
    long[] shape = new long[one.shape().size()];
    for (int axis = 0; axis < shape.length; axis++) {
      shape[axis] =
          Objects.equals(one.shape().get(axis), other.shape().get(axis))
              ? one.shape().get(axis)
              : BATCH;
    }
    return shape;
  }
}
