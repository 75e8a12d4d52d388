package org.robustnessgap.onnx.adjoint;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.ListIterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.onnx.graph.GraphBuilder;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.ValueShapes;

/**
 * The walk from the output of a model back to its input. It starts with v, the cotangent of the
 * output; at each node the operator's rule takes the cotangent of what the node computes and
 * contributes to those of what it reads, as further nodes.
 */
final class ReversePass {
  /** Operators that hand their input on. */
  private static final Set<String> HANDING_ON = Set.of("Cast", "Identity");

  private final OnnxModel model;
  private final Set<String> weights;
  private final ValueShapes shapes;
  private final ActiveValues active;
  private final GraphBuilder builder;
  private final String seed;
  private final Map<String, NodeProto> producers = new HashMap<>();
  private final Map<String, List<String>> contributions = new HashMap<>();

  /** Forward nodes that got further outputs, by what they were. */
  private final Map<NodeProto, NodeProto> replaced = new HashMap<>();

  /** Outputs of the nodes that rules made, by nodes without output. */
  private final Map<NodeProto, String> emitted = new HashMap<>();

  private ReversePass(
      OnnxModel model, Set<String> weights, ValueShapes shapes, ActiveValues active) {
    this.model = model;
    this.weights = weights;
    this.shapes = shapes;
    this.active = active;
    this.builder = new GraphBuilder(model.unusedPrefix("adjoint/"));
    this.seed = builder.fresh("cotangent");
    model.nodes().forEach(node -> node.getOutputList().forEach(y -> producers.put(y, node)));
  }

  /**
   * Goes through a whole model.
   *
   * @param model without obstacles
   * @param weights initializers that are differentiated with respect to
   * @throws InvalidInputException naming a node that its rule cannot differentiate as it is
   */
  static ReversePass through(
      OnnxModel model, Set<String> weights, ValueShapes shapes, ActiveValues active) {
    ReversePass pass = new ReversePass(model, weights, shapes, active);
    pass.run();
    return pass;
  }

  private void run() {
    contribute(model.output().name(), seed);
    ListIterator<NodeProto> backwards = model.nodes().listIterator(model.nodes().size());
    while (backwards.hasPrevious()) {
      NodeProto node = backwards.previous();
      // What only decides, as a condition does, gets no gradient and passes none on.
      if (node.getOutputList().stream().anyMatch(contributions::containsKey)) {
        AdjointContext context = new AdjointContext(this, node);
        AdjointRules.of(node.getOpType()).apply(context);
        context.requireWhole();
      }
    }
  }

  /** The name of v, which nothing computes. */
  String seed() {
    return seed;
  }

  /** The forward nodes, and behind them those that rules made. */
  List<NodeProto> nodes() {
    List<NodeProto> nodes = new ArrayList<>();
    model.nodes().forEach(node -> nodes.add(replaced.getOrDefault(node, node)));
    nodes.addAll(builder.nodes());
    return nodes;
  }

  /** Of the nodes that rules made. */
  Map<String, TensorProto> constants() {
    return builder.constants();
  }

  /** Whether an operator reads a value, or what hands it on. */
  boolean isReadBy(String operator, String value) {
    return model.nodes().stream()
        .filter(node -> node.getInputList().contains(value))
        .anyMatch(
            node ->
                node.getOpType().equals(operator)
                    || HANDING_ON.contains(node.getOpType())
                        && isReadBy(operator, node.getOutput(0)));
  }

  OnnxModel model() {
    return model;
  }

  ValueShapes shapes() {
    return shapes;
  }

  GraphBuilder builder() {
    return builder;
  }

  /** Adds a node, or finds one that computes the same. */
  String emit(String operator, List<String> inputs, AttributeProto... attributes) {
    NodeProto node =
        NodeProto.newBuilder()
            .setOpType(operator)
            .addAllInput(inputs)
            .addAllAttribute(List.of(attributes))
            .build();
    return emitted.computeIfAbsent(node, absent -> builder.emit(operator, inputs, attributes));
  }

  ActiveValues active() {
    return active;
  }

  /** Whether it is a weight that is differentiated with respect to, and so no constant. */
  boolean isVariable(String value) {
    return weights.contains(value);
  }

  Optional<NodeProto> producer(String value) {
    return Optional.ofNullable(producers.get(value));
  }

  void contribute(String value, String gradient) {
    contributions.computeIfAbsent(value, name -> new ArrayList<>()).add(gradient);
  }

  /**
   * The whole gradient of a value, once every node that reads the value has contributed; empty if
   * none between input and output does.
   */
  Optional<String> cotangentIfAny(String value) {
    List<String> parts = contributions.get(value);
    if (parts == null) {
      return Optional.empty();
    }
    if (parts.size() > 1) {
      String sum = builder.emit("Sum", List.copyOf(parts));
      parts.clear();
      parts.add(sum);
    }
    return Optional.of(parts.get(0));
  }

  /** Makes the forward pass also compute a node's output of this index, and returns its name. */
  String additionalOutput(NodeProto node, int index) {
    NodeProto.Builder changed = replaced.getOrDefault(node, node).toBuilder();
    while (changed.getOutputCount() <= index) {
      changed.addOutput("");
    }
    if (changed.getOutput(index).isEmpty()) {
      changed.setOutput(index, builder.fresh(node.getOpType()));
    }
    replaced.put(node, changed.build());
    return changed.getOutput(index);
  }
}
