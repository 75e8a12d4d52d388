package org.robustnessgap.fit.network;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.robustnessgap.onnx.graph.GraphBuilder;

/**
 * Dense layers with a smooth activation between them.
 *
 * @param name starts the names of its weights
 * @param widths of the input, of what is between, and of the output
 */
public record DenseNetwork(String name, List<Integer> widths) {
  public DenseNetwork {
    widths = List.copyOf(widths);
  }

  /** From the first to the last. */
  public List<DenseLayer> layers() {
    return IntStream.range(0, widths.size() - 1)
        .mapToObj(index -> new DenseLayer(name, index, widths.get(index), widths.get(index + 1)))
        .toList();
  }

  /** The layer that takes the input. */
  public DenseLayer first() {
    return layers().get(0);
  }

  /** The layer that gives the output. */
  public DenseLayer last() {
    return layers().get(widths.size() - 2);
  }

  /** Weights to begin with. */
  public Map<String, TensorProto> drawn(SplittableRandom random) {
    Map<String, TensorProto> drawn = new LinkedHashMap<>();
    layers().forEach(layer -> drawn.putAll(layer.drawn(random)));
    return drawn;
  }

  /** Adds its nodes, and returns what the last layer computes. */
  public String apply(GraphBuilder graph, String input) {
    String value = input;
    for (DenseLayer layer : layers()) {
      value = layer.apply(graph, layer.index() == 0 ? value : DenseLayer.activated(graph, value));
    }
    return value;
  }

  /** How many numbers it has to find. */
  public long parameters() {
    return layers().stream().mapToLong(DenseLayer::parameters).sum();
  }

  @Override
  public String toString() {
    return name + Arrays.toString(widths.toArray());
  }
}
