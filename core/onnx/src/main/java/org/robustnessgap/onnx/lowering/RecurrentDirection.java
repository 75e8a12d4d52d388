package org.robustnessgap.onnx.lowering;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.Tensors;

/** Weights, states and activations of one direction of RNN, GRU or LSTM. */
final class RecurrentDirection {
  private static final int WEIGHTS = 1;
  private static final int RECURRENT = 2;
  private static final int BIASES = 3;

  private final LoweringContext node;
  private final int index;
  private final int hidden;
  private final List<RecurrentActivation> activations;

  /** [hidden, gates · hidden]. */
  private final String recurrent;

  /**
   * @param index 0, or 1 for the second of two
   * @param activations of this direction, in the operator's order
   */
  RecurrentDirection(LoweringContext node, int index, List<RecurrentActivation> activations) {
    this.node = node;
    this.index = index;
    this.activations = List.copyOf(activations);
    this.hidden = node.fixed(node.input(RECURRENT), 2, "hidden size");
    this.recurrent = transposed(own(RECURRENT));
  }

  LoweringContext node() {
    return node;
  }

  private String transposed(String weights) {
    return node.emit("Transpose", List.of(weights), Attributes.of("perm", new long[] {1, 0}));
  }

  /** What is this direction's of an input whose first axis counts directions. */
  private String own(int input) {
    return node.emit(
        "Gather",
        List.of(node.input(input), node.builder().longScalar(index)),
        Attributes.of("axis", 0L));
  }

  /** Weights [hidden, …] of the state for some of the gates. */
  String recurrent(int from, int to) {
    return blocks(recurrent, from, to);
  }

  /**
   * What steps add to what they compute of the state, for all steps at once: x · weights and the
   * biases.
   *
   * @param x [steps, n, width]
   * @param gates that the operator has
   * @param biased how many of them, from the first on, take the state's bias here too
   */
  String projected(String x, int gates, int biased) {
    String product = node.emit("MatMul", List.of(x, transposed(own(WEIGHTS))));
    if (!node.hasInput(BIASES)) {
      return product;
    }
    String biases = own(BIASES);
    String both = node.add(blocks(biases, 0, biased), blocks(biases, gates, gates + biased));
    return node.add(
        product,
        biased == gates
            ? both
            : node.emit(
                "Concat", List.of(both, blocks(biases, biased, gates)), Attributes.of("axis", 0L)));
  }

  /** The state's bias [hidden] of one gate, if there is any. */
  Optional<String> recurrentBias(int gate, int gates) {
    return node.hasInput(BIASES)
        ? Optional.of(blocks(own(BIASES), gates + gate, gates + gate + 1))
        : Optional.empty();
  }

  /** One of several blocks [hidden] of weights for each element, if the node reads any. */
  Optional<String> perElement(int input, int block) {
    return node.hasInput(input)
        ? Optional.of(blocks(own(input), block, block + 1))
        : Optional.empty();
  }

  /** Some blocks of hidden elements along the last axis of a value. */
  String blocks(String value, int from, int to) {
    return node.emit(
        "Slice",
        List.of(
            value,
            node.builder().longs((long) from * hidden),
            node.builder().longs((long) to * hidden),
            node.builder().longs(-1)));
  }

  /** All blocks of hidden elements along the last axis of a value. */
  List<String> split(String value, int blocks) {
    return node.builder()
        .emitAll(
            "Split",
            blocks,
            List.of(value),
            Attributes.of("axis", -1L),
            Attributes.of("num_outputs", (long) blocks));
  }

  /** A state [1, n, hidden] before the first step; zeros where the node reads none. */
  String initial(int input) {
    if (!node.hasInput(input)) {
      return node.builder().floats(new float[hidden], 1, 1, hidden);
    }
    return node.constantIfAny(input)
        .flatMap(this::sameForAllRows)
        .map(state -> node.builder().floats(state, 1, 1, hidden))
        .orElseGet(
            () ->
                node.emit(
                    "Gather",
                    List.of(node.input(input), node.builder().longs(index)),
                    Attributes.of("axis", 0L)));
  }

  /** Then it does for a batch of any size. */
  private Optional<float[]> sameForAllRows(TensorProto states) {
    float[] values = Tensors.values(states);
    int rows = (int) states.getDims(1);
    int start = index * rows * hidden;
    float[] first = Arrays.copyOfRange(values, start, start + hidden);
    for (int row = 1; row < rows; row++) {
      int from = start + row * hidden;
      if (!Arrays.equals(first, Arrays.copyOfRange(values, from, from + hidden))) {
        return Optional.empty();
      }
    }
    return Optional.of(first);
  }

  /** What an activation, by its place in the operator's order, makes of a sum within bounds. */
  String activated(int which, String sum) {
    float bound = node.attributes().real("clip", 0);
    return unbounded(
        which,
        bound > 0 ? node.emit("Clip", List.of(sum, node.number(-bound), node.number(bound))) : sum);
  }

  /** What it makes of any value. */
  String unbounded(int which, String value) {
    return activations.get(which).of(node, value);
  }
}
