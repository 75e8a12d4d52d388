package org.robustnessgap.serving.call;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a server says of a model, before it is asked.
 *
 * @param server its name and version, for instance {@code triton 2.51.0}; null if it does not say
 * @param platform what runs the model; empty if it does not say
 * @param versions which are loaded; empty if it does not say
 * @param inputs likewise
 * @param outputs likewise
 */
public record ModelMetadata(
    @Nullable String server,
    String platform,
    List<String> versions,
    List<Tensor> inputs,
    List<Tensor> outputs) {
  /** Of a server that says nothing. */
  public static final ModelMetadata NOTHING =
      new ModelMetadata(null, "", List.of(), List.of(), List.of());

  public ModelMetadata {
    versions = List.copyOf(versions);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /**
   * One of its tensors.
   *
   * @param shape with the batch; -1 where any size will do
   */
  public record Tensor(String name, String datatype, List<Long> shape) {
    public Tensor {
      shape = List.copyOf(shape);
    }
  }
}
