package org.robustnessgap.onnx.adjoint;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.robustnessgap.onnx.graph.OnnxModel;

/**
 * Operators that are flat wherever they have a derivative. A gradient is passed straight through
 * them, as an estimate, only where the true one reaches the output on no other way: x − floor(x)
 * has the derivative 1, not 0.
 */
public final class Steps {
  private static final String SIGN = "Sign";
  private static final Set<String> ROUNDING = Set.of("Ceil", "Floor", "Round");

  private final List<NodeProto> nodes;
  private final String output;
  private final Set<String> passed = new HashSet<>();

  private Steps(List<NodeProto> nodes, String output) {
    this.nodes = nodes;
    this.output = output;
  }

  /**
   * The steps to pass straight through: the first ones on the ways that lead to the output or to
   * further steps and nowhere join a way without steps; where the output is still barred, the first
   * ones behind those, and so on.
   *
   * @param active values that depend on the input and that the output depends on
   * @return by their outputs
   */
  static Set<String> straightThrough(OnnxModel model, Set<String> active) {
    List<NodeProto> nodes =
        model.nodes().stream()
            .filter(node -> node.getOutputList().stream().anyMatch(active::contains))
            .toList();
    return nodes.stream().anyMatch(Steps::isStep)
        ? new Steps(nodes, model.output().name()).passedFrom(model.input().name())
        : Set.of();
  }

  private static boolean isStep(NodeProto node) {
    return ROUNDING.contains(node.getOpType()) || node.getOpType().equals(SIGN);
  }

  private Set<String> passedFrom(String input) {
    while (true) {
      Set<String> reached = reachedFrom(input, Set.of());
      List<NodeProto> leading = reached.contains(output) ? List.of() : leadingOn(reached);
      if (leading.isEmpty()) {
        return passed;
      }
      // Truncation is often written sign(x) · floor(|x|): there the sign truly is constant.
      boolean rounds = leading.stream().anyMatch(step -> !step.getOpType().equals(SIGN));
      leading.stream()
          .filter(step -> !rounds || !step.getOpType().equals(SIGN))
          .forEach(step -> passed.add(step.getOutput(0)));
    }
  }

  /** The steps next to what is reached, behind which is more than what leads back to it. */
  private List<NodeProto> leadingOn(Set<String> reached) {
    return nodes.stream()
        .filter(step -> isBarred(step) && reached.contains(step.getInput(0)))
        .filter(
            step -> {
              Set<String> behind = reachedFrom(step.getOutput(0), reached);
              return behind.contains(output)
                  || nodes.stream()
                      .anyMatch(next -> isBarred(next) && behind.contains(next.getInput(0)));
            })
        .toList();
  }

  private boolean isBarred(NodeProto node) {
    return isStep(node) && !passed.contains(node.getOutput(0));
  }

  /** What depends on a value without a step that bars the way, leaving out what is known. */
  private Set<String> reachedFrom(String value, Set<String> known) {
    Set<String> reached = new HashSet<>(Set.of(value));
    for (NodeProto node : nodes) {
      if (!isBarred(node) && node.getInputList().stream().anyMatch(reached::contains)) {
        node.getOutputList().stream()
            .filter(next -> !next.isEmpty() && !known.contains(next))
            .forEach(reached::add);
      }
    }
    return reached;
  }
}
