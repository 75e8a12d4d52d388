package org.robustnessgap.fit.autoencoder;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.robustnessgap.onnx.graph.GraphBuilder;
import org.robustnessgap.onnx.graph.Tensors;

/**
 * Dense layers with x · sigmoid(x) between them, which is smooth (Elfwing, Uchibe, Doya 2018).
 *
 * @param name starts the names of its weights
 * @param widths of the input, of what is between, and of the output
 */
record DenseNetwork(String name, List<Integer> widths) {
  DenseNetwork {
    widths = List.copyOf(widths);
  }

  int layers() {
    return widths.size() - 1;
  }

  /** The matrix of a layer, [in, out]. */
  String matrix(int layer) {
    return name + "/weight_" + layer;
  }

  /** What a layer adds, [out]. */
  String bias(int layer) {
    return name + "/bias_" + layer;
  }

  List<String> weights() {
    List<String> names = new ArrayList<>();
    for (int layer = 0; layer < layers(); layer++) {
      names.add(matrix(layer));
      names.add(bias(layer));
    }
    return names;
  }

  /** Weights as PyTorch draws them: uniform, up to the root of the inverse of the inputs. */
  Map<String, TensorProto> drawn(SplittableRandom random) {
    Map<String, TensorProto> drawn = new LinkedHashMap<>();
    for (int layer = 0; layer < layers(); layer++) {
      int in = widths.get(layer);
      int out = widths.get(layer + 1);
      double bound = 1 / Math.sqrt(in);
      put(drawn, matrix(layer), uniform(random, in * out, bound), in, out);
      put(drawn, bias(layer), uniform(random, out, bound), out);
    }
    return drawn;
  }

  private static float[] uniform(SplittableRandom random, int count, double bound) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (bound * (2 * random.nextDouble() - 1));
    }
    return values;
  }

  private static void put(
      Map<String, TensorProto> weights, String name, float[] values, long... shape) {
    weights.put(name, Tensors.floats(name, values, shape));
  }

  /** Adds its nodes, and returns what the last layer computes. */
  String apply(GraphBuilder builder, String input) {
    String value = input;
    for (int layer = 0; layer < layers(); layer++) {
      if (layer > 0) {
        value = builder.emit("Mul", List.of(value, builder.emit("Sigmoid", List.of(value))));
      }
      value = builder.emit("Gemm", List.of(value, matrix(layer), bias(layer)));
    }
    return value;
  }

  /** How many numbers it has to find. */
  long parameters() {
    long count = 0;
    for (int layer = 0; layer < layers(); layer++) {
      count += (widths.get(layer) + 1L) * widths.get(layer + 1);
    }
    return count;
  }

  @Override
  public String toString() {
    return name + Arrays.toString(widths.toArray());
  }
}
