package org.robustnessgap.onnx.lowering;

import java.util.List;
import java.util.Optional;

/**
 * i, o, f, c̃ = x·W + h·R + b; c′ = φ(f + p_f⊙c)⊙c + φ(i + p_i⊙c)⊙g(c̃); h′ = φ(o + p_o⊙c′)⊙ψ(c′),
 * with φ, g and ψ the operator's three activations and weights p that are there if it reads them.
 */
final class LstmCell implements RecurrentCell {
  static final List<String> ACTIVATIONS = List.of("Sigmoid", "Tanh", "Tanh");

  private static final int GATES = 4;
  private static final int PEEPHOLES = 7;

  private final RecurrentDirection direction;
  private final LoweringContext node;
  private final boolean forgetsWhatItReads;
  private final String recurrent;
  private final Optional<String> toInput;
  private final Optional<String> toOutput;
  private final Optional<String> toForget;

  LstmCell(RecurrentDirection direction) {
    this.direction = direction;
    this.node = direction.node();
    this.forgetsWhatItReads = node.attributes().integer("input_forget", 0) != 0;
    this.recurrent = direction.recurrent(0, GATES);
    this.toInput = direction.perElement(PEEPHOLES, 0);
    this.toOutput = direction.perElement(PEEPHOLES, 1);
    this.toForget = direction.perElement(PEEPHOLES, 2);
  }

  @Override
  public List<String> sequences(String x) {
    return List.of(direction.projected(x, GATES, GATES));
  }

  @Override
  public List<String> initial() {
    return List.of(
        direction.initial(LoweredRecurrence.INITIAL_STATE),
        direction.initial(LoweredRecurrence.INITIAL_CELL));
  }

  @Override
  public List<String> next(List<String> now, List<String> before) {
    String c = before.get(1);
    List<String> gates =
        direction.split(
            node.add(now.get(0), node.emit("MatMul", List.of(before.get(0), recurrent))), GATES);
    String input = gate(gates.get(0), toInput, c);
    String forget =
        forgetsWhatItReads ? node.sub(node.number(1), input) : gate(gates.get(2), toForget, c);
    String candidate = direction.activated(1, gates.get(3));
    String cell = node.add(node.mul(forget, c), node.mul(input, candidate));
    String output = gate(gates.get(1), toOutput, cell);
    // The standard speaks of bounds here too; ONNX Runtime 1.29 knows none.
    return List.of(node.mul(output, direction.unbounded(2, cell)), cell);
  }

  private String gate(String sum, Optional<String> peephole, String cell) {
    return direction.activated(
        0, peephole.map(weights -> node.add(sum, node.mul(weights, cell))).orElse(sum));
  }
}
