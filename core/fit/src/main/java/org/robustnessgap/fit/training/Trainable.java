package org.robustnessgap.fit.training;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.Tensors;

/**
 * A network that has its loss within.
 *
 * @param model from rows of what the loss is of, [n, width], to the loss of each, [n, 1]
 * @param weights the initializers that are to be found; what they hold is where the search begins
 */
public record Trainable(OnnxModel model, List<String> weights) {
  public Trainable {
    weights = List.copyOf(weights);
  }

  /** Copies of the first weights. */
  List<float[]> start() {
    List<float[]> values = new ArrayList<>();
    weights.forEach(weight -> values.add(Tensors.values(tensor(weight))));
    return values;
  }

  /**
   * Weights as constants of a model.
   *
   * @param values in the order of the names
   */
  public Map<String, TensorProto> named(List<float[]> values) {
    Map<String, TensorProto> named = new LinkedHashMap<>();
    for (int w = 0; w < weights.size(); w++) {
      String name = weights.get(w);
      named.put(name, Tensors.floats(name, values.get(w), Tensors.shape(tensor(name))));
    }
    return named;
  }

  List<long[]> shapes() {
    return weights.stream().map(weight -> Tensors.shape(tensor(weight))).toList();
  }

  private TensorProto tensor(String weight) {
    return Objects.requireNonNull(model.initializers().get(weight), weight);
  }
}
