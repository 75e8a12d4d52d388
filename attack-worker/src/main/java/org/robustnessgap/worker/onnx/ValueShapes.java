package org.robustnessgap.worker.onnx;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.robustnessgap.messages.InvalidInputException;

/**
 * Element types and shapes of a model's values, learned by running it at two batch sizes: no shape
 * inference of our own can disagree with the runtime's.
 */
public final class ValueShapes {
  /** A dimension that differs between the two runs. */
  static final long BATCH = -1;

  /** Runs a model with every value as an output. */
  @FunctionalInterface
  public interface Probe {
    /**
     * @param model every output of which is wanted
     * @param batch size of the first axis of the input
     * @return by name of the output, what came out
     */
    Map<String, Probed> run(OnnxModel model, int batch);
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

  private static final int SMALL_BATCH = 2;
  private static final int LARGE_BATCH = 3;

  private final OnnxModel model;
  private final Map<String, Probed> small;
  private final Map<String, Probed> large;

  private ValueShapes(OnnxModel model, Map<String, Probed> small, Map<String, Probed> large) {
    this.model = model;
    this.small = small;
    this.large = large;
  }

  static ValueShapes of(OnnxModel model, Probe probe) {
    List<OnnxModel.Value> everything =
        model.nodes().stream()
            .flatMap(node -> node.getOutputList().stream())
            .filter(name -> !name.isEmpty())
            .map(name -> new OnnxModel.Value(name, 0, null))
            .toList();
    OnnxModel exposed =
        new OnnxModel(
            model.name(),
            model.opset(),
            model.inputs(),
            everything,
            model.nodes(),
            model.initializers());
    return new ValueShapes(model, probe.run(exposed, SMALL_BATCH), probe.run(exposed, LARGE_BATCH));
  }

  /** Whether a value computed by a node holds float32 numbers. */
  boolean isFloat(String value) {
    Probed probed = small.get(value);
    return probed != null
        && probed.elementType() == ai.onnx.proto.OnnxMl.TensorProto.DataType.FLOAT_VALUE;
  }

  /** The dimensions of any value, {@link #BATCH} where they vary with the batch. */
  long[] shape(String value) {
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
