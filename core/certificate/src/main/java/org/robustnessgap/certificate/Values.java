package org.robustnessgap.certificate;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.robustnessgap.onnx.graph.ConstantFolding;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.Tensors;
import org.robustnessgap.onnx.graph.ValueShapes;

/** The values of a model: who computes and who reads them, their shapes and constants. */
final class Values {
  private final OnnxModel model;
  private final ValueShapes shapes;
  private final Map<String, NodeProto> producers = new HashMap<>();
  private final Map<String, Integer> readers = new HashMap<>();
  private final Set<String> dependent = new HashSet<>();

  /**
   * @param probe runs models, to learn shapes and to fold what no input changes
   */
  Values(OnnxModel given, ValueShapes.Probe probe) {
    this.shapes = ValueShapes.of(given, probe);
    this.model = ConstantFolding.of(given, shapes, probe);
    dependent.add(model.input().name());
    for (NodeProto node : model.nodes()) {
      for (String input : node.getInputList()) {
        readers.merge(input, 1, Integer::sum);
      }
      // A shape tells nothing of the input's elements.
      boolean depends =
          !node.getOpType().equals("Shape")
              && !node.getOpType().equals("Size")
              && node.getInputList().stream().anyMatch(dependent::contains);
      for (String output : node.getOutputList()) {
        producers.put(output, node);
        if (depends && !output.isEmpty()) {
          dependent.add(output);
        }
      }
    }
  }

  OnnxModel model() {
    return model;
  }

  /** Whether a value changes with the model's input. */
  boolean dependent(String value) {
    return dependent.contains(value);
  }

  Optional<NodeProto> producer(String value) {
    return Optional.ofNullable(producers.get(value));
  }

  /** Whether exactly one node reads the value and nobody else. */
  boolean hasOneReader(String value) {
    return readers.getOrDefault(value, 0) == 1 && !value.equals(model.output().name());
  }

  /** A float32 constant; empty if the value is none. */
  Optional<double[]> constant(String value) {
    return Optional.ofNullable(model.initializers().get(value))
        .map(
            tensor -> {
              float[] values = Tensors.values(tensor);
              double[] wide = new double[values.length];
              Arrays.setAll(wide, i -> values[i]);
              return wide;
            });
  }

  /** Dimensions; negative where they vary with the batch. */
  long[] shape(String value) {
    return shapes.shape(value);
  }

  /** Elements of one sample: the product of all dimensions but the first. */
  double size(String value) {
    return Arrays.stream(shape(value)).skip(1).asDoubleStream().reduce(1, (a, b) -> a * b);
  }

  /** Dimensions after batch and channels. */
  int[] spatial(String value) {
    return Arrays.stream(shape(value)).skip(2).mapToInt(Math::toIntExact).toArray();
  }

  static String describe(NodeProto node) {
    String name = node.getName().isEmpty() ? node.getOutput(0) : node.getName();
    return name + " (" + node.getOpType() + ")";
  }
}
