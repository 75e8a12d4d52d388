package org.robustnessgap.onnx.adjoint;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.ListIterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.robustnessgap.messages.InternalApi;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.StableApi;
import org.robustnessgap.onnx.graph.ConstantFolding;
import org.robustnessgap.onnx.graph.GraphBuilder;
import org.robustnessgap.onnx.graph.HeldValues;
import org.robustnessgap.onnx.graph.NodeContext;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.Operator;
import org.robustnessgap.onnx.graph.RowReshapes;
import org.robustnessgap.onnx.graph.Subgraphs;
import org.robustnessgap.onnx.graph.ValueShapes;

/**
 * Reverse-mode differentiation of a model into a model: y = f(x) becomes (x, v) ↦ (y, vᵀ ∂f/∂x).
 * Weights need no gradient and get none.
 */
@StableApi
public final class Differentiator {
  /** Operators that mix pixels by weights: what comes before them all prepares the image. */
  private static final Set<String> WEIGHTED =
      Set.of("Attention", "Conv", "ConvTranspose", "Einsum", "Gemm", "MatMul");

  /** Operators whose rules make no constants. */
  private static final Set<String> OF_ANY_TYPE = Set.of("Cast", "Identity");

  /** What a model of these operators cannot have, and whatever its other nodes are. */
  private static final Map<String, String> HOPELESS =
      Map.of(
          "TreeEnsemble",
          "trees have no gradient",
          "SVM",
          "there is no rule for support vector machines");

  private static final Operator HARDMAX = Operator.standard("Hardmax");

  private final OnnxModel model;
  private final ValueShapes shapes;
  private final GraphBuilder builder;
  private final Set<String> active;
  private final Set<String> behindWeights;
  private final Set<String> stepsPassed;
  private final Map<String, NodeProto> producers = new HashMap<>();
  private final Map<String, List<String>> contributions = new HashMap<>();
  private final Map<NodeProto, NodeProto> replaced = new HashMap<>();

  /** Outputs of the nodes that rules made, by nodes without output. */
  private final Map<NodeProto, String> emitted = new HashMap<>();

  private Differentiator(OnnxModel model, ValueShapes shapes) {
    this.model = model;
    this.shapes = shapes;
    this.builder = new GraphBuilder(model.unusedPrefix("adjoint/"));
    this.active = activeValues(model, shapes);
    this.behindWeights = behindWeights(model, active);
    this.stepsPassed = Steps.straightThrough(model, active);
    model.nodes().forEach(node -> node.getOutputList().forEach(y -> producers.put(y, node)));
  }

  /**
   * The model that computes the output and one vector–Jacobian product.
   *
   * @param model with one float32 input [n, …] and one float32 output [n, …]
   * @param probe runs models, to learn shapes
   * @return inputs (x, v), v of the shape of the output; outputs (y, vᵀ ∂f/∂x)
   * @throws InvalidInputException naming the nodes that stand in the way
   */
  public static OnnxModel differentiate(OnnxModel model, ValueShapes.Probe probe) {
    return of(model, probe).differentiated();
  }

  /**
   * Looks at a model.
   *
   * @param probe runs models, to learn shapes and which values are numbers a gradient can flow
   *     through
   */
  @InternalApi
  public static Differentiator of(OnnxModel given, ValueShapes.Probe probe) {
    ValueShapes shapes = ValueShapes.of(given, probe);
    OnnxModel folded = ConstantFolding.of(given, shapes, probe);
    return new Differentiator(RowReshapes.kept(folded, shapes), shapes);
  }

  /** The nodes between input and output that no rule covers, described by name and operator. */
  @InternalApi
  public List<String> obstacles() {
    return describedNodes(
        node ->
            !Operator.of(node).isStandard()
                || !AdjointRules.covers(node.getOpType())
                || !computesInFloat32(node, active, shapes));
  }

  /** The nodes between input and output whose gradient is an estimate, described likewise. */
  @InternalApi
  public List<String> straightThrough() {
    return describedNodes(
        node -> QuantizationRules.isStraightThrough(node) || isStepPassed(node.getOutput(0)));
  }

  private List<String> describedNodes(Predicate<NodeProto> which) {
    return model.nodes().stream()
        .filter(node -> isActive(node, active) && which.test(node))
        .map(NodeContext::describe)
        .toList();
  }

  private static boolean isActive(NodeProto node, Set<String> active) {
    return node.getOutputList().stream().anyMatch(active::contains);
  }

  /** Rules make float32 constants; only some may speak of other types. */
  private static boolean computesInFloat32(NodeProto node, Set<String> active, ValueShapes shapes) {
    return Stream.concat(node.getInputList().stream(), node.getOutputList().stream())
        .filter(active::contains)
        .allMatch(
            value ->
                shapes.isFloat32(value)
                    || (shapes.isFloating(value)
                        ? OF_ANY_TYPE.contains(node.getOpType())
                        : QuantizationRules.takes(node)));
  }

  /** Float or quantized values that depend on the input and that the output depends on. */
  private static Set<String> activeValues(OnnxModel model, ValueShapes shapes) {
    Set<String> quantized = QuantizationRules.quantizedValues(model);
    Set<String> fromInput = new HashSet<>();
    fromInput.add(model.input().name());
    for (NodeProto node : model.nodes()) {
      if (!HeldValues.isHeldBy(node)
          && Subgraphs.reads(node).stream().anyMatch(fromInput::contains)) {
        boolean counts =
            node.getInputList().stream().anyMatch(quantized::contains)
                && !QuantizationRules.takes(node);
        node.getOutputList().stream()
            // A shape, an index or a truth value passes no gradient on; a quantized number does,
            // and what is computed from one, or no tensor at all, would have to.
            .filter(
                value ->
                    shapes.isFloating(value)
                        || quantized.contains(value)
                        || counts
                        || !shapes.isComputed(value))
            .filter(value -> !value.isEmpty())
            .forEach(fromInput::add);
      }
    }
    Set<String> toOutput = new HashSet<>();
    toOutput.add(model.output().name());
    ListIterator<NodeProto> backwards = model.nodes().listIterator(model.nodes().size());
    while (backwards.hasPrevious()) {
      NodeProto node = backwards.previous();
      if (node.getOutputList().stream().anyMatch(toOutput::contains)) {
        toOutput.addAll(Subgraphs.reads(node));
      }
    }
    fromInput.retainAll(toOutput);
    return fromInput;
  }

  private static Set<String> behindWeights(OnnxModel model, Set<String> active) {
    Set<String> behind = new HashSet<>();
    for (NodeProto node : model.nodes()) {
      boolean weighs =
          WEIGHTED.contains(node.getOpType())
              && node.getInputList().stream().anyMatch(active::contains);
      if (weighs || node.getInputList().stream().anyMatch(behind::contains)) {
        behind.addAll(node.getOutputList());
      }
    }
    behind.remove("");
    return behind;
  }

  /**
   * @throws InvalidInputException naming the nodes that stand in the way
   */
  @InternalApi
  public OnnxModel differentiated() {
    List<String> obstacles = obstacles();
    HOPELESS.forEach(
        (start, why) -> {
          List<String> nodes = describedNodes(node -> isClassical(node, start));
          if (!nodes.isEmpty()) {
            throw new InvalidInputException(
                String.format(
                    "%s cannot be differentiated: %s, and it has %s; measure a classifier without"
                        + " them.",
                    model.name(), why, String.join(", ", nodes)));
          }
        });
    List<String> labels = describedNodes(node -> Operator.of(node).equals(HARDMAX));
    if (!labels.isEmpty() && labels.size() == obstacles.size()) {
      throw new InvalidInputException(
          String.format(
              "%s cannot be differentiated: %s makes a label of scores, which has no gradient; export the scores before it, not the label.",
              model.name(), String.join(", ", labels)));
    }
    if (!obstacles.isEmpty()) {
      throw new InvalidInputException(
          String.format(
              "%s cannot be differentiated: there is no rule for %s.",
              model.name(), String.join(", ", obstacles)));
    }
    String x = model.input().name();
    String y = model.output().name();
    if (!active.contains(y) || !active.contains(x)) {
      throw LostGradient.in(model, shapes);
    }
    String v = builder.fresh("cotangent");
    contribute(y, v);
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
    String gradient =
        cotangentIfAny(x)
            .orElseThrow(
                () ->
                    new IllegalStateException("no gradient reached " + x + " of " + model.name()));

    List<NodeProto> nodes = new ArrayList<>();
    model.nodes().forEach(node -> nodes.add(replaced.getOrDefault(node, node)));
    nodes.addAll(builder.nodes());
    Map<String, TensorProto> initializers = new LinkedHashMap<>(model.initializers());
    initializers.putAll(builder.constants());
    OnnxModel.Value output = model.output();
    return new OnnxModel(
        model.name() + "-gradient",
        model.opset(),
        List.of(model.input(), new OnnxModel.Value(v, output.elementType(), output.shape())),
        List.of(output, new OnnxModel.Value(gradient, output.elementType(), model.input().shape())),
        nodes,
        initializers);
  }

  private static boolean isClassical(NodeProto node, String start) {
    return node.getDomain().equals(Operator.CLASSICAL) && node.getOpType().startsWith(start);
  }

  /** Whether an operator reads a value, or what hands it on. */
  boolean isReadBy(String operator, String value) {
    return model.nodes().stream()
        .filter(node -> node.getInputList().contains(value))
        .anyMatch(
            node ->
                node.getOpType().equals(operator)
                    || OF_ANY_TYPE.contains(node.getOpType())
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

  boolean active(String value) {
    return active.contains(value);
  }

  boolean isBehindWeights(String value) {
    return behindWeights.contains(value);
  }

  /** Whether the step that computes a value is passed straight through. */
  boolean isStepPassed(String value) {
    return stepsPassed.contains(value);
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
