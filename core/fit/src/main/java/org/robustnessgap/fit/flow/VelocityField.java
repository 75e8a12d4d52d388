package org.robustnessgap.fit.flow;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import org.robustnessgap.fit.network.DenseLayer;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.GraphBuilder;

/**
 * v(x, t) of vectors x at times t in [0, 1]: dense layers around shortcuts, of which each also
 * takes {@link #features} of t. Smooth in x.
 *
 * @param dimension d, of x and of v
 * @param width of what is between
 * @param blocks layers with a shortcut around them
 */
public record VelocityField(int dimension, int width, int blocks) {
  private static final String NAME = "velocity";

  /** Cosines and sines of t. */
  private static final int FREQUENCIES = 8;

  /** How many numbers {@link #features} gives. */
  public static final int FEATURES = 2 * FREQUENCIES;

  /** cos(π k t) for k = 1, 2, …, 8, and the sines behind them. */
  public static float[] features(double t) {
    float[] features = new float[FEATURES];
    for (int k = 0; k < FREQUENCIES; k++) {
      features[k] = (float) StrictMath.cos(Math.PI * (k + 1) * t);
      features[FREQUENCIES + k] = (float) StrictMath.sin(Math.PI * (k + 1) * t);
    }
    return features;
  }

  List<DenseLayer> layers() {
    List<DenseLayer> layers = new ArrayList<>();
    for (int index = 0; index <= blocks + 1; index++) {
      int in = index == 0 ? dimension : width;
      int out = index == blocks + 1 ? dimension : width;
      layers.add(new DenseLayer(NAME, index, in + FEATURES, out));
    }
    return layers;
  }

  /** How many numbers are to be found. */
  public long parameters() {
    return layers().stream().mapToLong(DenseLayer::parameters).sum();
  }

  /** Weights to begin with. */
  Map<String, TensorProto> drawn(SplittableRandom random) {
    Map<String, TensorProto> drawn = new LinkedHashMap<>();
    layers().forEach(layer -> drawn.putAll(layer.drawn(random)));
    return drawn;
  }

  /**
   * Adds its nodes for rows that have times of their own.
   *
   * @param x [n, d]
   * @param features of t, [n, 16]
   * @return v, [n, d]
   */
  String apply(GraphBuilder graph, String x, String features) {
    return through(
        graph,
        x,
        (layer, value) ->
            layer.apply(
                graph, graph.emit("Concat", List.of(value, features), Attributes.of("axis", 1L))));
  }

  /**
   * Adds its nodes, whatever a layer is.
   *
   * @param applied what a layer makes of x, or of what is between
   */
  String through(GraphBuilder graph, String x, BiFunction<DenseLayer, String, String> applied) {
    List<DenseLayer> layers = layers();
    String value = DenseLayer.activated(graph, applied.apply(layers.get(0), x));
    for (DenseLayer layer : layers.subList(1, blocks + 1)) {
      String change = DenseLayer.activated(graph, applied.apply(layer, value));
      value = graph.emit("Add", List.of(value, change));
    }
    return applied.apply(layers.get(blocks + 1), value);
  }

  @Override
  public String toString() {
    return String.format("%s[%d, %d × %d, %d]", NAME, dimension, blocks + 1, width, dimension);
  }
}
