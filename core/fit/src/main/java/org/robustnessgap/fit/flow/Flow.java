package org.robustnessgap.fit.flow;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.robustnessgap.fit.network.DenseLayer;
import org.robustnessgap.onnx.graph.GraphBuilder;
import org.robustnessgap.onnx.graph.Tensors;

/**
 * The way from N(0, I_d) at time 0 to the distribution that a velocity field was trained for at
 * time 1, in a few steps of the midpoint rule: x(t + h) = x(t) + h v(x(t) + h/2 v(x(t), t), t +
 * h/2). As smooth as the field.
 *
 * @param field v
 * @param weights of it, by name, as they were found
 */
public record Flow(VelocityField field, Map<String, TensorProto> weights) {
  /** More bring the distribution no nearer, as far as this project has seen. */
  private static final int STEPS = 4;

  public Flow {
    weights = Collections.unmodifiableMap(new LinkedHashMap<>(weights));
  }

  /**
   * Adds the nodes of the way there.
   *
   * @param z [n, d]
   * @return x(1), [n, d]
   */
  public String there(GraphBuilder graph, String z) {
    return moved(graph, z, 0, 1.0 / STEPS);
  }

  /**
   * Adds the nodes of the way back, the midpoint rule in −h: near the inverse, not quite it.
   *
   * @param x [n, d]
   * @return about z, [n, d]
   */
  public String back(GraphBuilder graph, String x) {
    return moved(graph, x, 1, -1.0 / STEPS);
  }

  private String moved(GraphBuilder graph, String value, double start, double h) {
    AtTimes at = new AtTimes(graph);
    String x = value;
    for (int step = 0; step < STEPS; step++) {
      double t = start + step * h;
      String half = added(graph, x, h / 2, at.velocity(x, t));
      x = added(graph, x, h, at.velocity(half, t + h / 2));
    }
    return x;
  }

  private static String added(GraphBuilder graph, String x, double h, String velocity) {
    String scaled = graph.emit("Mul", List.of(velocity, graph.scalar((float) h)));
    return graph.emit("Add", List.of(x, scaled));
  }

  /** The field at times that are the same for all rows: they become part of the biases. */
  private final class AtTimes {
    private final GraphBuilder graph;
    private final Map<String, String> matrices = new HashMap<>();

    AtTimes(GraphBuilder graph) {
      this.graph = graph;
    }

    String velocity(String x, double t) {
      return field.through(
          graph,
          x,
          (layer, value) ->
              graph.emit(
                  "Gemm",
                  List.of(
                      value,
                      matrices.computeIfAbsent(layer.matrix(), unused -> matrix(layer)),
                      graph.floats(bias(layer, t), layer.out()))));
    }

    /** Without what the features of t are multiplied by. */
    private String matrix(DenseLayer layer) {
      int in = layer.in() - VelocityField.FEATURES;
      return graph.floats(Arrays.copyOf(values(layer.matrix()), in * layer.out()), in, layer.out());
    }
  }

  private float[] bias(DenseLayer layer, double t) {
    float[] bias = values(layer.bias()).clone();
    float[] matrix = values(layer.matrix());
    float[] features = VelocityField.features(t);
    int from = layer.in() - features.length;
    for (int k = 0; k < bias.length; k++) {
      double sum = bias[k];
      for (int f = 0; f < features.length; f++) {
        sum += (double) features[f] * matrix[(from + f) * bias.length + k];
      }
      bias[k] = (float) sum;
    }
    return bias;
  }

  private float[] values(String name) {
    return Tensors.values(Objects.requireNonNull(weights.get(name), name));
  }
}
