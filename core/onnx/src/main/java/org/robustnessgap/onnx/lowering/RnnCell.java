package org.robustnessgap.onnx.lowering;

import java.util.List;

/** h′ = f(x·W + h·R + b). */
final class RnnCell implements RecurrentCell {
  static final List<String> ACTIVATIONS = List.of("Tanh");

  private final RecurrentDirection direction;
  private final String recurrent;

  RnnCell(RecurrentDirection direction) {
    this.direction = direction;
    this.recurrent = direction.recurrent(0, 1);
  }

  @Override
  public List<String> sequences(String x) {
    return List.of(direction.projected(x, 1, 1));
  }

  @Override
  public List<String> initial() {
    return List.of(direction.initial(LoweredRecurrence.INITIAL_STATE));
  }

  @Override
  public List<String> next(List<String> now, List<String> before) {
    LoweringContext node = direction.node();
    String ofState = node.emit("MatMul", List.of(before.get(0), recurrent));
    return List.of(direction.activated(0, node.add(now.get(0), ofState)));
  }
}
