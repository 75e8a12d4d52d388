package org.robustnessgap.fit.network;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.robustnessgap.onnx.graph.GraphBuilder;
import org.robustnessgap.onnx.graph.Tensors;

/**
 * x ↦ x · matrix + bias for rows x.
 *
 * @param network that it is of, which starts the names of its weights
 * @param index in it, from 0
 * @param in values of a row
 * @param out values of what becomes of it
 */
public record DenseLayer(String network, int index, int in, int out) {
  /** The name of the matrix, [in, out]. */
  public String matrix() {
    return network + "/weight_" + index;
  }

  /** The name of what is added, [out]. */
  public String bias() {
    return network + "/bias_" + index;
  }

  /** How many numbers it has to find. */
  public long parameters() {
    return (in + 1L) * out;
  }

  /** Weights as PyTorch draws them: uniform, up to the root of the inverse of the inputs. */
  public Map<String, TensorProto> drawn(SplittableRandom random) {
    double bound = 1 / Math.sqrt(in);
    Map<String, TensorProto> drawn = new LinkedHashMap<>();
    drawn.put(
        matrix(),
        Tensors.floats(matrix(), uniform(random, Math.multiplyExact(in, out), bound), in, out));
    drawn.put(bias(), Tensors.floats(bias(), uniform(random, out, bound), out));
    return drawn;
  }

  private static float[] uniform(SplittableRandom random, int count, double bound) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (bound * (2 * random.nextDouble() - 1));
    }
    return values;
  }

  /** Adds its node, and returns what it computes. */
  public String apply(GraphBuilder graph, String rows) {
    return graph.emit("Gemm", List.of(rows, matrix(), bias()));
  }

  /** x · sigmoid(x), which is smooth (Elfwing, Uchibe, Doya 2018). */
  public static String activated(GraphBuilder graph, String value) {
    return graph.emit("Mul", List.of(value, graph.emit("Sigmoid", List.of(value))));
  }
}
