package org.robustnessgap.onnx.adjoint;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.robustnessgap.onnx.graph.Tensors;

/**
 * Rules of operators that keep values within bounds. A pixel that was clamped lies exactly at a
 * bound, where 0, though an element of the subdifferential, hides the way back: there the gradient
 * passes where it leads inside, and is 0 where it leads out.
 */
final class BoundRules {
  private static final float RELU6 = 6;

  private BoundRules() {}

  /** The bounds of an activation behind weights are not where pixels lie: there it is 0. */
  static void clip(AdjointContext node) {
    boolean activates = node.isBehindWeights(0) && node.isScalar(1, 0) && node.isScalar(2, RELU6);
    List<String> conditions = new ArrayList<>();
    if (node.hasInput(1)) {
      conditions.add(
          activates
              ? node.compare("Greater", node.output(), node.input(1))
              : aboveOrRising(node, node.input(0), node.input(1)));
    }
    if (node.hasInput(2)) {
      conditions.add(
          activates
              ? node.compare("Less", node.output(), node.input(2))
              : belowOrFalling(node, node.input(0), node.input(2)));
    }
    node.contribute(0, gated(node, node.cotangent(), conditions));
  }

  /**
   * At 0 the subgradient is 0 behind weights, and is that of a bound before them. From the output
   * there, so that the runtime may fuse the operator with what precedes it.
   */
  static void relu(AdjointContext node) {
    String zero = node.number(0);
    String passes =
        node.isBehindWeights(0)
            ? node.compare("Greater", node.output(), zero)
            : aboveOrRising(node, node.input(0), zero);
    node.contribute(0, gated(node, node.cotangent(), List.of(passes)));
  }

  /** α strictly between 0 and 1, or at them as {@link #relu}. */
  static void hardSigmoid(AdjointContext node) {
    String slope = node.number(node.attributes().real("alpha", 0.2f));
    String zero = node.number(0);
    String one = node.number(1);
    List<String> conditions;
    if (node.isBehindWeights(0)) {
      conditions =
          List.of(
              node.compare("Greater", node.output(), zero),
              node.compare("Less", node.output(), one));
    } else {
      String offset = node.number(node.attributes().real("beta", 0.5f));
      String line = node.add(node.mul(node.input(0), slope), offset);
      conditions = List.of(aboveOrRising(node, line, zero), belowOrFalling(node, line, one));
    }
    node.contribute(0, gated(node, node.mul(node.cotangent(), slope), conditions));
  }

  static void max(AdjointContext node) {
    extreme(node, true, 0);
  }

  static void min(AdjointContext node) {
    extreme(node, false, 0);
  }

  /** The condition is no number and gets nothing. */
  static void where(AdjointContext node) {
    Optional<Boolean> maximum = maximum(node);
    if (maximum.isPresent()) {
      extreme(node, maximum.get(), 1);
      return;
    }
    String zero = node.number(0);
    if (node.active(1)) {
      node.contributeBroadcast(1, node.where(node.input(0), node.cotangent(), zero));
    }
    if (node.active(2)) {
      node.contributeBroadcast(2, node.where(node.input(0), zero, node.cotangent()));
    }
  }

  /**
   * A constant operand is a bound. Others that are equal share the gradient evenly.
   *
   * @param first index of the first operand
   */
  private static void extreme(AdjointContext node, boolean maximum, int first) {
    List<String> conditions = new ArrayList<>();
    List<Integer> active = new ArrayList<>();
    List<String> reached = new ArrayList<>();
    String beyond = maximum ? "Greater" : "Less";
    for (int index = first; index < node.inputs(); index++) {
      String operand = node.input(index);
      if (node.active(index)) {
        active.add(index);
        reached.add(node.indicator("Equal", operand, node.output()));
      } else {
        String inside = node.compare(beyond, node.output(), operand);
        String turning = node.compare(beyond, node.cotangent(), node.number(0));
        conditions.add(node.emit("Or", List.of(inside, turning)));
      }
    }
    String share = gated(node, node.cotangent(), conditions);
    if (active.size() > 1) {
      // Where a constant is reached alone, no operand is: the share then goes nowhere.
      String count = node.emit("Max", List.of(node.emit("Sum", reached), node.number(1)));
      share = node.div(share, count);
    }
    for (int i = 0; i < active.size(); i++) {
      node.contributeBroadcast(active.get(i), node.mul(share, reached.get(i)));
    }
  }

  /** Whether Where chooses the larger or the smaller of two numbers; empty if by something else. */
  private static Optional<Boolean> maximum(AdjointContext node) {
    boolean opposite = false;
    Optional<NodeProto> condition = node.producer(node.input(0));
    if (condition.isPresent() && condition.get().getOpType().equals("Not")) {
      opposite = true;
      condition = node.producer(condition.get().getInput(0));
    }
    if (condition.isEmpty()) {
      return Optional.empty();
    }
    String comparison = condition.get().getOpType();
    boolean greater = comparison.startsWith("Greater") != opposite;
    if (!comparison.startsWith("Greater") && !comparison.startsWith("Less")) {
      return Optional.empty();
    }
    String a = condition.get().getInput(0);
    String b = condition.get().getInput(1);
    if (same(node, a, node.input(1)) && same(node, b, node.input(2))) {
      return Optional.of(greater);
    }
    return same(node, a, node.input(2)) && same(node, b, node.input(1))
        ? Optional.of(!greater)
        : Optional.empty();
  }

  /** Whether two values are one, or constants that are one number throughout. */
  private static boolean same(AdjointContext node, String a, String b) {
    if (node.source(a).equals(node.source(b))) {
      return true;
    }
    Optional<Float> number = uniform(node, a);
    return number.isPresent() && number.equals(uniform(node, b));
  }

  private static Optional<Float> uniform(AdjointContext node, String value) {
    Optional<TensorProto> constant = node.constantIfAny(value);
    if (constant.isEmpty() || constant.get().getDataType() != DataType.FLOAT_VALUE) {
      return Optional.empty();
    }
    float[] values = Tensors.values(constant.get());
    for (float element : values) {
      if (element != values[0]) {
        return Optional.empty();
      }
    }
    return values.length == 0 ? Optional.empty() : Optional.of(values[0]);
  }

  /** Whether the output is above a bound, or x is at it and the output should rise. */
  private static String aboveOrRising(AdjointContext node, String x, String bound) {
    return insideOrTurning(node, x, bound, "Greater");
  }

  private static String belowOrFalling(AdjointContext node, String x, String bound) {
    return insideOrTurning(node, x, bound, "Less");
  }

  private static String insideOrTurning(
      AdjointContext node, String x, String bound, String comparison) {
    String inside = node.compare(comparison, node.output(), bound);
    String turning = node.compare(comparison, node.cotangent(), node.number(0));
    String at = node.compare("Equal", x, bound);
    return node.emit("Or", List.of(inside, node.emit("And", List.of(at, turning))));
  }

  /** A gradient where all conditions hold, else 0. */
  private static String gated(AdjointContext node, String gradient, List<String> conditions) {
    return conditions.stream()
        .reduce((a, b) -> node.emit("And", List.of(a, b)))
        .map(all -> node.mul(gradient, node.asNumber(all)))
        .orElse(gradient);
  }
}
