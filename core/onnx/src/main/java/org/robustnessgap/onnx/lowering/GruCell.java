package org.robustnessgap.onnx.lowering;

import java.util.List;
import java.util.Optional;

/**
 * z, r = f(x·W + h·R + b); h̃ = g(x·W + (r⊙h)·R + b), or g(x·W + b + r⊙(h·R + b′)) where the reset
 * comes after the product; h′ = h̃ + z⊙(h − h̃).
 */
final class GruCell implements RecurrentCell {
  static final List<String> ACTIVATIONS = List.of("Sigmoid", "Tanh");

  private static final int GATES = 3;

  private final RecurrentDirection direction;
  private final LoweringContext node;
  private final boolean resetsLast;
  private final String recurrent;
  private final String recurrentOfCandidate;
  private final Optional<String> biasOfCandidate;

  GruCell(RecurrentDirection direction) {
    this.direction = direction;
    this.node = direction.node();
    this.resetsLast = node.attributes().integer("linear_before_reset", 0) != 0;
    this.recurrent = direction.recurrent(0, 2);
    this.recurrentOfCandidate = direction.recurrent(2, GATES);
    this.biasOfCandidate = direction.recurrentBias(2, GATES);
  }

  @Override
  public List<String> sequences(String x) {
    String all = direction.projected(x, GATES, resetsLast ? 2 : GATES);
    return List.of(direction.blocks(all, 0, 2), direction.blocks(all, 2, GATES));
  }

  @Override
  public List<String> initial() {
    return List.of(direction.initial(LoweredRecurrence.INITIAL_STATE));
  }

  @Override
  public List<String> next(List<String> now, List<String> before) {
    String h = before.get(0);
    String gates = node.add(now.get(0), node.emit("MatMul", List.of(h, recurrent)));
    List<String> zr = direction.split(direction.activated(0, gates), 2);
    String candidate =
        direction.activated(
            1,
            node.add(now.get(1), resetsLast ? resetLast(h, zr.get(1)) : resetFirst(h, zr.get(1))));
    return List.of(node.add(candidate, node.mul(zr.get(0), node.sub(h, candidate))));
  }

  private String resetFirst(String h, String r) {
    return node.emit("MatMul", List.of(node.mul(r, h), recurrentOfCandidate));
  }

  private String resetLast(String h, String r) {
    String product = node.emit("MatMul", List.of(h, recurrentOfCandidate));
    return node.mul(r, biasOfCandidate.map(bias -> node.add(product, bias)).orElse(product));
  }
}
