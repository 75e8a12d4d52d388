package org.robustnessgap.onnx.lowering;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.Tensors;

/** RNN, GRU and LSTM, step by step: a sequence has a fixed length. */
final class LoweredRecurrence {
  static final int INITIAL_STATE = 5;
  static final int INITIAL_CELL = 6;

  private static final int LENGTHS = 4;

  private LoweredRecurrence() {}

  static boolean rnn(LoweringContext node) {
    return lower(node, RnnCell.ACTIVATIONS, RnnCell::new);
  }

  static boolean gru(LoweringContext node) {
    return lower(node, GruCell.ACTIVATIONS, GruCell::new);
  }

  static boolean lstm(LoweringContext node) {
    return lower(node, LstmCell.ACTIVATIONS, LstmCell::new);
  }

  private static boolean lower(
      LoweringContext node,
      List<String> activations,
      Function<RecurrentDirection, RecurrentCell> cell) {
    int steps = node.fixed(node.input(0), 0, "sequence length");
    requireFull(node, steps);
    node.spend(steps, 1);
    String direction = node.attributes().text("direction", "forward");
    boolean both = direction.equals("bidirectional");
    List<RecurrentActivation> all = RecurrentActivation.of(node, activations, both ? 2 : 1);
    List<Unrolled> directions = new ArrayList<>();
    for (int index = 0; index < (both ? 2 : 1); index++) {
      List<RecurrentActivation> own =
          all.subList(index * activations.size(), (index + 1) * activations.size());
      boolean backwards = both ? index == 1 : direction.equals("reverse");
      directions.add(
          unrolled(cell.apply(new RecurrentDirection(node, index, own)), node, steps, backwards));
    }
    node.replace(0, joined(node, 1, directions.stream().map(d -> d.sequence(node)).toList()));
    int states = directions.get(0).last().size();
    for (int state = 0; state < states; state++) {
      int which = state;
      node.replace(
          1 + state, joined(node, 0, directions.stream().map(d -> d.last().get(which)).toList()));
    }
    return true;
  }

  /** Sequences that end before others would need a mask; nobody has asked for one. */
  private static void requireFull(LoweringContext node, int steps) {
    if (!node.hasInput(LENGTHS)) {
      return;
    }
    List<TensorProto> lengths = node.atEachBatch(LENGTHS);
    if (lengths.isEmpty()
        || lengths.stream()
            .flatMapToLong(t -> Arrays.stream(Tensors.integers(t)))
            .anyMatch(length -> length != steps)) {
      throw node.refused(
          String.format(
              "its sequences have lengths of their own, not all of them %d; export it without",
              steps));
    }
  }

  /**
   * One direction, unrolled.
   *
   * @param outputs [1, n, hidden] of every step, in the order of the sequence
   * @param last states after the last step
   */
  private record Unrolled(List<String> outputs, List<String> last) {
    /** [steps, 1, n, hidden]. */
    String sequence(LoweringContext node) {
      String joined = joined(node, 0, outputs);
      return node.emit("Unsqueeze", List.of(joined, node.builder().longs(1)));
    }
  }

  private static Unrolled unrolled(
      RecurrentCell cell, LoweringContext node, int steps, boolean backwards) {
    List<List<String>> parts =
        cell.sequences(node.input(0)).stream().map(value -> steps(node, value, steps)).toList();
    List<String> outputs = new ArrayList<>();
    List<String> states = cell.initial();
    for (int step = 0; step < steps; step++) {
      int at = backwards ? steps - 1 - step : step;
      int before = node.builder().nodes().size();
      states = cell.next(parts.stream().map(sequence -> sequence.get(at)).toList(), states);
      outputs.add(states.get(0));
      if (step == 0) {
        node.spend(steps, node.builder().nodes().size() - before);
      }
    }
    if (backwards) {
      Collections.reverse(outputs);
    }
    return new Unrolled(outputs, states);
  }

  /** The parts of a sequence along its first axis. */
  private static List<String> steps(LoweringContext node, String sequence, int steps) {
    return node.builder()
        .emitAll(
            "Split",
            steps,
            List.of(sequence),
            Attributes.of("axis", 0L),
            Attributes.of("num_outputs", (long) steps));
  }

  private static String joined(LoweringContext node, int axis, List<String> values) {
    return values.size() == 1
        ? values.get(0)
        : node.emit("Concat", values, Attributes.of("axis", (long) axis));
  }
}
